-- The lab database: the queue of record and everything small around it. Bulky evidence lives in the trace database.
-- Specifications and results are stored as the contract's own bytes (breakmake.lab.v1); every column beside them exists because a query needs it.
-- Enumerations are stored by the contract's numbers; db/lab/V2 gives them names in views.

create table project (
    id                   text primary key,
    display_name         text        not null,
    max_running_attempts int         not null default 0,
    version              bigint      not null default 1,
    create_time          timestamptz not null
);

create table image (
    project_id     text        not null references project (id),
    sha256         text        not null,
    size_bytes     bigint      not null,
    kind           int         not null,
    state          int         not null,
    received_bytes bigint      not null default 0,
    companions     text[]      not null default '{}',
    pending_tags   text[]      not null default '{}',
    create_time    timestamptz not null,
    primary key (project_id, sha256)
);

create table image_tag (
    project_id text not null,
    tag        text not null,
    sha256     text not null,
    primary key (project_id, tag),
    foreign key (project_id, sha256) references image (project_id, sha256) on delete cascade
);

create table image_part (
    project_id   text   not null,
    sha256       text   not null,
    start_offset bigint not null,
    data         bytea  not null,
    primary key (project_id, sha256, start_offset),
    foreign key (project_id, sha256) references image (project_id, sha256) on delete cascade
);
-- Images are compressed already or shipped once: PostgreSQL's own compression would only cost time.
alter table image_part alter column data set storage external;

create table job (
    project_id   text        not null references project (id),
    id           text        not null,
    display_name text        not null,
    labels       jsonb       not null,
    spec         bytea       not null,
    version      bigint      not null default 1,
    create_time  timestamptz not null,
    update_time  timestamptz not null,
    primary key (project_id, id)
);

create table run (
    pk             bigint generated always as identity primary key,
    project_id     text        not null references project (id),
    id             text        not null,
    job_id         text,
    schedule_id    text,
    spec           bytea       not null,
    images         jsonb       not null,
    input_digest   text        not null,
    state          int         not null,
    verdict        int         not null default 0,
    priority       int         not null,
    labels         jsonb       not null,
    creator        text        not null,
    baseline_run   text,
    state_detail   text        not null default '',
    pinned         boolean     not null default false,
    trace_parent   text        not null,
    total          bigint      not null,
    queued         bigint      not null,
    running        bigint      not null default 0,
    passed         bigint      not null default 0,
    failed         bigint      not null default 0,
    errored        bigint      not null default 0,
    missed         bigint      not null default 0,
    skipped        bigint      not null default 0,
    version        bigint      not null default 1,
    change_xid     xid8        not null default pg_current_xact_id(),
    create_time    timestamptz not null,
    end_time       timestamptz,
    unique (project_id, id)
);
create index run_open on run (pk) where state in (3, 4);
create index run_by_job on run (project_id, job_id, pk);

-- Counters change with every cell. Adding rows here instead of updating the run keeps completions of one run from waiting for each other;
-- the tick folds them into the run.
create table run_delta (
    run_pk  bigint not null,
    queued  int    not null default 0,
    running int    not null default 0,
    passed  int    not null default 0,
    failed  int    not null default 0,
    errored int    not null default 0,
    missed  int    not null default 0,
    skipped int    not null default 0
);
create index run_delta_by_run on run_delta (run_pk);

create table cell (
    run_pk        bigint      not null references run (pk) on delete cascade,
    number        int         not null,
    cell_key      text        not null,
    parameters    jsonb       not null,
    overlay       jsonb       not null,
    state         int         not null,
    verdict       int         not null default 0,
    cause         int         not null default 0,
    detail        text        not null default '',
    attempt_count int         not null default 0,
    expirations   int         not null default 0,
    flaky         boolean     not null default false,
    result        bytea,
    trace_digest  text        not null default '',
    change_xid    xid8        not null default pg_current_xact_id(),
    create_time   timestamptz not null,
    end_time      timestamptz,
    primary key (run_pk, number)
);
create index cell_changes on cell (run_pk, change_xid);
create index cell_history on cell (cell_key, run_pk) where verdict <> 0;

create table cell_finding (
    run_pk      bigint  not null,
    number      int     not null,
    fingerprint text    not null,
    rule        text    not null,
    severity    int     not null,
    region      text    not null,
    symbol      text    not null,
    occurrences bigint  not null,
    expected    boolean not null,
    primary key (run_pk, number, fingerprint),
    foreign key (run_pk, number) references cell (run_pk, number) on delete cascade
);
create index cell_finding_by_fingerprint on cell_finding (fingerprint, run_pk);

create table attempt (
    run_pk       bigint      not null,
    cell         int         not null,
    number       int         not null,
    state        int         not null,
    phase        int         not null default 0,
    runner       text        not null,
    lease_id     uuid        not null,
    fence        bigint      not null,
    verdict      int         not null default 0,
    cause        int         not null default 0,
    detail       text        not null default '',
    result       bytea,
    retried      boolean     not null default false,
    trace_digest text        not null default '',
    log_bytes    bigint      not null default 0,
    queue_time   timestamptz not null,
    start_time   timestamptz not null,
    end_time     timestamptz,
    primary key (run_pk, cell, number),
    foreign key (run_pk, cell) references cell (run_pk, number) on delete cascade
);
create index attempt_starts on attempt using brin (start_time);

create table log_part (
    run_pk       bigint not null,
    cell         int    not null,
    attempt      int    not null,
    start_offset bigint not null,
    data         bytea  not null,
    primary key (run_pk, cell, attempt, start_offset),
    foreign key (run_pk, cell) references cell (run_pk, number) on delete cascade
);

-- What waits and what is leased, nothing else: rows leave with the end of the attempt. Narrow, so that a claim reads few pages; the fill factor and the
-- eager vacuum keep lease renewals from bloating it.
create table queue (
    run_pk            bigint      not null,
    cell              int         not null,
    attempt           int         not null,
    project_id        text        not null,
    rank              bigint      not null, -- microseconds: time of queueing less a minute per point of priority; constant, yet it ages
    backend           int         not null,
    architecture      int         not null,
    platform          text        not null,
    memory            bigint      not null,
    labels            text[]      not null,
    not_before        timestamptz not null,
    queue_time        timestamptz not null,
    queue_deadline    timestamptz not null,
    avoid_runner      text,
    pending_reason    int         not null default 1,
    pending_detail    text        not null default '',
    cancel_requested  boolean     not null default false,
    runner            text,
    lease_id          uuid,
    fence             bigint,
    lease_expire_time timestamptz,
    attempt_deadline  timestamptz,
    phase             int         not null default 0,
    change_xid        xid8        not null default pg_current_xact_id(),
    primary key (run_pk, cell)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 50, autovacuum_vacuum_cost_delay = 0);
create index queue_waiting on queue (rank, run_pk, cell) where lease_id is null;
create index queue_leases on queue (lease_expire_time) where lease_id is not null;
create unique index queue_lease on queue (lease_id) where lease_id is not null;
create index queue_by_runner on queue (runner) where lease_id is not null;

create sequence lease_fence;

create table runner (
    id                   text primary key,
    capabilities         bytea       not null,
    software_version     text        not null default '',
    draining             boolean     not null default false,
    health               int         not null default 2,
    health_detail        text        not null default '',
    consecutive_failures int         not null default 0,
    last_sync_time       timestamptz not null,
    version              bigint      not null default 1,
    create_time          timestamptz not null
);

create table schedule (
    project_id        text        not null references project (id),
    id                text        not null,
    job_id            text        not null,
    cron              text        not null,
    time_zone         text        not null,
    skip_if_unchanged boolean     not null,
    paused            boolean     not null,
    baseline          text        not null default '',
    next_run_time     timestamptz,
    last_run_time     timestamptz,
    last_run          text        not null default '',
    last_detail       text        not null default '',
    version           bigint      not null default 1,
    primary key (project_id, id)
);
create index schedule_due on schedule (next_run_time) where not paused;

create table baseline (
    project_id  text        not null references project (id),
    id          text        not null,
    run_id      text        not null,
    reason      text        not null,
    setter      text        not null,
    update_time timestamptz not null,
    version     bigint      not null default 1,
    primary key (project_id, id)
);

create table audit_event (
    pk          bigint generated always as identity primary key,
    actor       text        not null,
    action      text        not null,
    resource    text        not null,
    detail      text        not null,
    create_time timestamptz not null
);

-- Answers to requests with a request_id, kept for a day.
create table idempotency (
    actor       text        not null,
    method      text        not null,
    request_id  uuid        not null,
    body_sha256 bytea       not null,
    response    bytea       not null,
    expire_time timestamptz not null,
    primary key (actor, method, request_id)
);
create index idempotency_expiry on idempotency (expire_time);

insert into project (id, display_name, create_time) values ('default', 'Default', now());
