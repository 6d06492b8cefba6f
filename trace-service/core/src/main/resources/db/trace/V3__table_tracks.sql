-- What of a trace moves tables and registers, with the steps it belongs to: questions about one address or one step replay these few events
-- instead of the whole trace. Traces sealed before have none and are replayed whole.
alter table trace add column track_chunk_id bigint;
