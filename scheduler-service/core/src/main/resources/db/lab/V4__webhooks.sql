-- Webhooks. The secret is needed to sign, so it is kept as it is; no view and no answer shows it.
create table subscription (
    project_id         text        not null references project (id),
    id                 text        not null,
    url                text        not null,
    events             int[]       not null,
    job_id             text,
    secret             text        not null,
    paused             boolean     not null,
    last_delivery_time timestamptz,
    version            bigint      not null default 1,
    create_time        timestamptz not null,
    primary key (project_id, id)
);

-- Messages, put in by the transaction that ended the run, so none is lost and none is about a run that did not end.
create table delivery (
    pk              bigint generated always as identity primary key,
    project_id      text        not null,
    subscription_id text        not null,
    event           int         not null,
    run_pk          bigint references run (pk) on delete cascade,
    run_end_time    timestamptz,
    body            text        not null,
    state           int         not null default 1,
    attempt_count   int         not null default 0,
    last_status     int         not null default 0,
    last_detail     text        not null default '',
    next_time       timestamptz,
    create_time     timestamptz not null,
    end_time        timestamptz,
    foreign key (project_id, subscription_id) references subscription (project_id, id) on delete cascade,
    unique (project_id, subscription_id, event, run_pk, run_end_time)
);
create index delivery_due on delivery (next_time) where state = 1;
create index delivery_by_run on delivery (run_pk);

create view v_lab_deliveries as
select d.project_id                                                as project,
       d.subscription_id                                           as subscription,
       (array ['NEW_FINDINGS', 'RUN_ENDED', 'TEST'])[d.event]      as event,
       (array ['PENDING', 'DELIVERED', 'DEAD'])[d.state]           as state,
       r.id                                                        as run,
       d.attempt_count,
       d.last_status,
       d.last_detail,
       d.create_time,
       d.end_time
from delivery d
         left join run r on r.pk = d.run_pk;
