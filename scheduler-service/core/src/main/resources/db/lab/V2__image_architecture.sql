-- What a READY image's own header says, so that cells find runners that can boot it. 0: nothing recognised.
alter table image add column architecture int not null default 0;
