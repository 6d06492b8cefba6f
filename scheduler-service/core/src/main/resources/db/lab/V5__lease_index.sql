-- Every renewal of a lease changes when it runs out. While that is part of an index, each renewal adds to every index of the queue; without it, the row changes
-- in place. The few rows that are leased are found by any other index of leases.
drop index queue_leases;
