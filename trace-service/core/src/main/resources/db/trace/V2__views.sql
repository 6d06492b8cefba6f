-- What dashboards and exports read. The tables behind may change; these columns do not.

create view v_traces as
select t.trace_id,
       t.attempt,
       t.project,
       split_part(t.attempt, '/', 4)  as run,
       split_part(t.attempt, '/', 6)  as cell,
       split_part(t.attempt, '/', 8)  as attempt_number,
       case t.state when 1 then 'OPEN' when 2 then 'SEALED' else 'REJECTED' end as state,
       t.image_name,
       t.image_sha256,
       t.platform,
       t.cell_key,
       t.retention_class,
       t.architecture,
       t.backend,
       t.pe_count,
       t.size_bytes,
       t.stored_bytes,
       t.event_count,
       t.step_count,
       t.write_count,
       t.errors,
       t.warnings,
       t.lints,
       encode(t.digest, 'hex')        as digest,
       t.create_time,
       t.seal_time,
       t.pinned_reason is not null    as pinned
from trace t;

create view v_findings as
select f.finding_id,
       f.project,
       f.fingerprint,
       f.rule,
       case f.severity when 3 then 'error' when 2 then 'warning' else 'lint' end as severity,
       f.message,
       f.symbol,
       f.region,
       f.regime,
       f.trace_count,
       f.first_seen,
       f.last_seen,
       first_trace.attempt    as first_attempt,
       first_trace.image_name as first_image_name
from finding f
         join trace first_trace on first_trace.trace_id = f.first_trace_id;

create view v_occurrences as
select o.trace_id,
       t.attempt,
       t.project,
       split_part(t.attempt, '/', 4) as run,
       split_part(t.attempt, '/', 6) as cell,
       t.image_name,
       t.platform,
       t.backend,
       t.seal_time,
       f.fingerprint,
       f.rule,
       case o.severity when 3 then 'error' when 2 then 'warning' else 'lint' end as severity,
       f.symbol,
       f.region,
       f.regime,
       f.message,
       o.count,
       o.step,
       f.first_trace_id = o.trace_id as first_seen_here
from occurrence o
         join trace t using (trace_id)
         join finding f using (finding_id);

-- One row per day and platform: what arrived and what it cost.
create view v_trace_storage_daily as
select date_trunc('day', t.create_time)  as day,
       coalesce(t.platform, 'unknown')   as platform,
       count(*)                          as traces,
       coalesce(sum(t.event_count), 0)   as events,
       coalesce(sum(t.write_count), 0)   as descriptor_writes,
       sum(t.size_bytes)                 as trace_bytes,
       sum(t.stored_bytes)               as stored_bytes
from trace t
group by 1, 2;

-- What the relations of this database occupy, TOAST and indexes included.
create view v_trace_relations as
select c.relname                     as relation,
       pg_total_relation_size(c.oid) as total_bytes,
       c.reltuples::bigint           as estimated_rows
from pg_class c
         join pg_namespace n on n.oid = c.relnamespace
where n.nspname = current_schema()
  and c.relkind = 'r';
