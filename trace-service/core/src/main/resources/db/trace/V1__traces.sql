-- The trace database: what runners deliver, byte for byte, and the small summaries that questions and dashboards start from.
-- Conventions: offsets and lengths are bytes of the trace file; sha256 columns are 32 bytes; times are the database's clock.

-- Immutable, content-addressed bytes: pieces of trace files, findings with evidence, milestones, symbol tables. Cells of a
-- matrix that behave alike share them. Who refers to a chunk counts in reference_count; there is no foreign key, because deleting a chunk would
-- then search every referring table.
create table chunk (
    chunk_id        bigint generated always as identity primary key,
    sha256          bytea not null unique check (octet_length(sha256) = 32),
    body            bytea not null,
    reference_count integer not null check (reference_count >= 0)
);
-- Bodies are compressed already: trying again costs time and gains nothing.
alter table chunk alter column body set storage external;
-- Every append of a shared chunk rewrites its reference count: leave room for that on the page.
alter table chunk set (fillfactor = 85);

create table trace (
    trace_id            bigint generated always as identity primary key,
    -- projects/{p}/runs/{r}/cells/{c}/attempts/{n}
    attempt             text not null unique collate "C",
    project             text not null collate "C",
    lease_id            text not null,
    fence               bigint not null,
    state               smallint not null default 1 check (state in (1, 2, 3)),
    image_sha256        text,
    image_name          text,
    platform            text,
    cell_key            text,
    retention_class     text not null default 'default',
    size_bytes          bigint not null default 0,
    -- bytes of chunks that did not exist before this trace brought them
    stored_bytes        bigint not null default 0,
    architecture        text,
    backend             text,
    pe_count            integer,
    event_count         bigint,
    step_count          bigint,
    write_count         bigint,
    errors              integer,
    warnings            integer,
    lints               integer,
    digest              bytea,
    problem             text,
    -- the signed receipt, exactly as it was issued
    receipt             bytea,
    receipt_signature   bytea,
    findings_chunk_id   bigint,
    milestones_chunk_id bigint,
    symbols_chunk_id    bigint,
    create_time         timestamptz not null default now(),
    update_time         timestamptz not null default now(),
    seal_time           timestamptz,
    -- set by a person: retention leaves the trace alone
    pinned_reason       text
);
create index trace_project_idx on trace (project, trace_id desc);
create index trace_image_idx on trace (image_name, trace_id desc);
create index trace_open_idx on trace (update_time) where state = 1;
create index trace_retention_idx on trace (retention_class, create_time) where pinned_reason is null;
create index trace_seal_time_idx on trace using brin (seal_time);

-- Bytes that do not fill a chunk yet. One narrow row per open trace, so that appends do not rewrite the wide one.
create table trace_tail (
    trace_id bigint primary key references trace on delete cascade,
    body     bytea not null
);
alter table trace_tail alter column body set storage external;

-- The trace file as a sequence of chunks.
create table trace_chunk (
    trace_id    bigint not null references trace on delete cascade,
    file_offset bigint not null,
    chunk_id    bigint not null,
    primary key (trace_id, file_offset)
);

-- A finding across traces: one row per fingerprint and project.
create table finding (
    finding_id     bigint generated always as identity primary key,
    project        text not null collate "C",
    fingerprint    text not null collate "C",
    rule           text not null,
    severity       smallint not null check (severity between 1 and 3),
    message        text not null,
    symbol         text not null default '',
    region         text not null default '',
    regime         text not null default '',
    trace_count    bigint not null default 0,
    -- evidence that retention must keep: the first and the latest trace that show the finding
    first_trace_id bigint not null references trace,
    last_trace_id  bigint not null references trace,
    first_seen     timestamptz not null,
    last_seen      timestamptz not null,
    unique (project, fingerprint)
);
alter table finding set (fillfactor = 70);
create index finding_rule_idx on finding (project, rule);
create index finding_first_trace_idx on finding (first_trace_id);
create index finding_last_trace_idx on finding (last_trace_id);

-- A finding seen in a trace. The evidence is in the trace's findings chunk.
create table occurrence (
    trace_id   bigint not null references trace on delete cascade,
    finding_id bigint not null references finding on delete cascade,
    severity   smallint not null,
    count      bigint not null,
    step       bigint not null,
    primary key (trace_id, finding_id)
);
create index occurrence_finding_idx on occurrence (finding_id, trace_id desc);
