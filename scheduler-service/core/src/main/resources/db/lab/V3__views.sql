-- What dashboards and exports read. The tables behind may change; these columns do not. Secrets and images are in no view.

create function lab_verdict(verdict int) returns text language sql immutable parallel safe as $$
    select (array ['SKIPPED', 'PASSED', 'MISSED', 'ERRORED', 'FAILED'])[verdict] $$;

create function lab_cause(cause int) returns text language sql immutable parallel safe as $$
    select (array ['TARGET', 'TEST', 'ENGINE', 'INFRASTRUCTURE', 'CONFIGURATION', 'TIMEOUT', 'CANCELLED'])[cause] $$;

create function lab_run_state(state int) returns text language sql immutable parallel safe as $$
    select (array ['PENDING', 'EXPANDING', 'RUNNING', 'CANCELLING', 'SUCCEEDED', 'FAILED', 'CANCELLED'])[state] $$;

create function lab_attempt_state(state int) returns text language sql immutable parallel safe as $$
    select (array ['QUEUED', 'LEASED', 'PREPARING', 'RUNNING', 'UPLOADING', 'COMPLETED', 'CANCELLED', 'EXPIRED'])[state] $$;

create function lab_pending_reason(reason int) returns text language sql immutable parallel safe as $$
    select (array ['WAITING_FOR_SLOT', 'NO_RUNNER_ONLINE', 'NO_CAPABLE_RUNNER', 'RUNNERS_UNAVAILABLE', 'PROJECT_LIMIT', 'BACKOFF',
                   'STORAGE_LOW'])[reason] $$;

create function lab_backend(backend int) returns text language sql immutable parallel safe as $$
    select (array ['ENGINE', 'QEMU'])[backend] $$;

create function lab_severity(severity int) returns text language sql immutable parallel safe as $$
    select (array ['lint', 'warning', 'error'])[severity] $$;

-- One row per run. pass_rate leaves out what says nothing about the target (MISSED, SKIPPED); null before anything was decided.
create view v_lab_runs as
select r.pk                        as run_pk,
       r.project_id                as project,
       r.id                        as run,
       coalesce(r.job_id, 'ad hoc') as job,
       r.schedule_id               as schedule,
       lab_run_state(r.state)      as state,
       lab_verdict(r.verdict)      as verdict,
       r.priority,
       r.creator,
       r.labels ->> 'branch'       as branch,
       r.baseline_run,
       r.pinned,
       r.total,
       r.queued,
       r.running,
       r.passed,
       r.failed,
       r.errored,
       r.missed,
       r.skipped,
       r.passed::float8 / nullif(r.passed + r.failed + r.errored, 0)                         as pass_rate,
       r.missed::float8 / nullif(r.passed + r.failed + r.errored + r.missed, 0)              as missed_ratio,
       extract(epoch from coalesce(r.end_time, now()) - r.create_time)::float8               as seconds,
       (r.passed + r.failed + r.errored + r.missed + r.skipped)
           / nullif(extract(epoch from coalesce(r.end_time, now()) - r.create_time)::float8, 0) as cells_per_second,
       r.create_time,
       r.end_time
from run r;

-- One row per cell, with the axes dashboards group by. A cell that is not decided yet has no verdict.
create view v_lab_cells as
select c.run_pk,
       r.project_id                                         as project,
       r.id                                                 as run,
       coalesce(r.job_id, 'ad hoc')                         as job,
       r.schedule_id                                        as schedule,
       r.create_time                                        as run_time,
       c.number                                             as cell,
       c.cell_key,
       coalesce(c.parameters ->> 'image', c.parameters ->> 'flow', 'as the job says') as target,
       coalesce(c.parameters ->> 'backend', 'ENGINE')       as backend,
       coalesce(c.parameters ->> 'platform', 'virt')        as platform,
       coalesce(c.parameters ->> 'pes', '1')                as pes,
       c.parameters ->> 'memory'                            as memory,
       c.parameters ->> 'gic'                               as gic,
       c.parameters ->> 'loadAddress'                       as load_address,
       (select string_agg(p.value, ' ' order by p.key) from jsonb_each_text(c.parameters) p) as parameters,
       c.verdict                                            as verdict_rank,
       lab_verdict(c.verdict)                               as verdict,
       lab_cause(c.cause)                                   as cause,
       c.detail,
       c.attempt_count,
       c.flaky,
       c.trace_digest,
       c.create_time,
       c.end_time
from cell c
         join run r on r.pk = c.run_pk;

create view v_lab_attempts as
select r.project_id                                                as project,
       r.id                                                        as run,
       coalesce(r.job_id, 'ad hoc')                                as job,
       a.cell,
       a.number                                                    as attempt,
       a.runner,
       lab_attempt_state(a.state)                                  as state,
       lab_verdict(a.verdict)                                      as verdict,
       lab_cause(a.cause)                                          as cause,
       a.detail,
       a.retried,
       a.log_bytes,
       extract(epoch from a.start_time - a.queue_time)::float8     as wait_seconds,
       extract(epoch from a.end_time - a.start_time)::float8       as seconds,
       a.queue_time,
       a.start_time,
       a.end_time
from attempt a
         join run r on r.pk = a.run_pk;

-- Findings per run, cells merged.
create view v_lab_run_findings as
select f.run_pk,
       r.project_id                 as project,
       r.id                         as run,
       coalesce(r.job_id, 'ad hoc') as job,
       r.create_time                as run_time,
       f.fingerprint,
       min(f.rule)                  as rule,
       lab_severity(max(f.severity)) as severity,
       min(f.symbol)                as symbol,
       min(f.region)                as region,
       count(*)                     as cells,
       sum(f.occurrences)           as occurrences,
       bool_and(f.expected)         as expected
from cell_finding f
         join run r on r.pk = f.run_pk
group by f.run_pk, r.project_id, r.id, r.job_id, r.create_time, f.fingerprint;

-- The comparison of an ended run with its baseline: NEW findings are in the run and not in the baseline; FIXED ones are in the baseline and absent
-- from every cell of the run that really ran, of which there must be one that had it.
create view v_lab_finding_changes as
select r.project_id                 as project,
       r.id                         as run,
       coalesce(r.job_id, 'ad hoc') as job,
       r.baseline_run,
       r.create_time                as run_time,
       r.end_time,
       'NEW'                        as change,
       f.fingerprint,
       min(f.rule)                  as rule,
       lab_severity(max(f.severity)) as severity,
       min(f.symbol)                as symbol,
       min(f.region)                as region,
       count(*)                     as cells,
       bool_and(f.expected)         as expected
from run r
         join run b on b.project_id = r.project_id and b.id = r.baseline_run
         join cell_finding f on f.run_pk = r.pk
where r.end_time is not null
  and not exists (select from cell_finding o where o.run_pk = b.pk and o.fingerprint = f.fingerprint)
group by r.pk, r.project_id, r.id, r.job_id, r.baseline_run, r.create_time, r.end_time, f.fingerprint
union all
select r.project_id,
       r.id,
       coalesce(r.job_id, 'ad hoc'),
       r.baseline_run,
       r.create_time,
       r.end_time,
       'FIXED',
       f.fingerprint,
       min(f.rule),
       lab_severity(max(f.severity)),
       min(f.symbol),
       min(f.region),
       count(*),
       bool_and(f.expected)
from run r
         join run b on b.project_id = r.project_id and b.id = r.baseline_run
         join cell_finding f on f.run_pk = b.pk
         join cell had on had.run_pk = b.pk and had.number = f.number
         join cell now_ran on now_ran.run_pk = r.pk and now_ran.cell_key = had.cell_key and now_ran.verdict in (2, 5)
where r.end_time is not null
  and not exists (select from cell_finding n where n.run_pk = r.pk and n.fingerprint = f.fingerprint)
group by r.pk, r.project_id, r.id, r.job_id, r.baseline_run, r.create_time, r.end_time, f.fingerprint;

-- Cells whose verdict is another than in the run's baseline.
create view v_lab_cell_changes as
select r.project_id                  as project,
       r.id                          as run,
       coalesce(r.job_id, 'ad hoc')  as job,
       r.baseline_run,
       r.create_time                 as run_time,
       coalesce(h.cell_key, o.cell_key) as cell_key,
       (select string_agg(p.value, ' ' order by p.key) from jsonb_each_text(coalesce(h.parameters, o.parameters)) p) as parameters,
       lab_verdict(o.verdict)        as base_verdict,
       lab_verdict(h.verdict)        as verdict,
       lab_cause(h.cause)            as cause,
       h.number                      as cell,
       h.detail
from run r
         join run b on b.project_id = r.project_id and b.id = r.baseline_run
         join lateral (select x.*
                       from cell x
                       where x.run_pk = r.pk) h on true
         left join cell o on o.run_pk = b.pk and o.cell_key = h.cell_key
where r.end_time is not null
  and o.verdict is distinct from h.verdict;

-- What waits or executes now.
create view v_lab_queue as
select q.project_id                                                as project,
       r.id                                                        as run,
       q.cell,
       q.attempt,
       q.platform,
       lab_backend(q.backend)                                      as backend,
       q.lease_id is not null                                      as leased,
       q.runner,
       case when q.lease_id is null then lab_pending_reason(q.pending_reason) end as pending_reason,
       case when q.lease_id is null then q.pending_detail end      as pending_detail,
       q.not_before > now()                                        as backing_off,
       q.queue_time,
       extract(epoch from now() - greatest(q.queue_time, q.not_before))::float8 as age_seconds
from queue q
         join run r on r.pk = q.run_pk;

-- Runners. A runner is ONLINE while it was heard of within the length of a standard lease (45 s).
create view v_lab_runners as
select n.id                                                        as runner,
       case when n.last_sync_time < now() - interval '45 seconds' then 'OFFLINE' when n.draining then 'DRAINING' else 'ONLINE' end as state,
       (array ['GOOD', 'UNKNOWN', 'BAD', 'MAINTENANCE', 'RETIRED'])[n.health] as health,
       n.health_detail,
       n.software_version,
       n.consecutive_failures,
       (select count(*) from queue q where q.runner = n.id and q.lease_id is not null) as busy_slots,
       n.last_sync_time,
       extract(epoch from now() - n.last_sync_time)::float8        as last_sync_seconds,
       n.create_time
from runner n;

create view v_lab_schedules as
select s.project_id                 as project,
       s.id                         as schedule,
       s.job_id                     as job,
       s.cron,
       case when s.time_zone = '' then 'UTC' else s.time_zone end as time_zone,
       s.paused,
       s.baseline,
       s.next_run_time,
       s.last_run_time,
       nullif(s.last_run, '')       as last_run,
       s.last_detail,
       r.state = 3                  as running,
       extract(epoch from now() - s.last_run_time)::float8 as last_run_age_seconds
from schedule s
         left join run r on r.project_id = s.project_id and 'projects/' || r.project_id || '/runs/' || r.id = s.last_run;

-- What the relations of this database occupy, and what vacuum has still to do.
create view v_lab_relations as
select t.relname                            as relation,
       pg_total_relation_size(t.relid)      as total_bytes,
       t.n_live_tup                         as live_tuples,
       t.n_dead_tup                         as dead_tuples,
       t.last_autovacuum
from pg_stat_user_tables t
where t.schemaname = current_schema();
