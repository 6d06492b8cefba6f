#!/bin/bash
# Runs once, when the volume is empty: the two databases, their owners, and the role dashboards read with. Passwords come from the environment.
# On a managed server run the same statements by hand (docs/operations.md).
set -euo pipefail
: "${LAB_PASSWORD:?}" "${TRACE_PASSWORD:?}" "${READER_PASSWORD:?}"
psql -v ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres \
    -v lab="$LAB_PASSWORD" -v trace="$TRACE_PASSWORD" -v reader="$READER_PASSWORD" <<'SQL'
create role lab login password :'lab';
create role trace login password :'trace';
create role lab_reader login password :'reader' connection limit 20;
alter role lab_reader set default_transaction_read_only = on;
alter role lab_reader set statement_timeout = '30s';
alter role lab_reader set idle_in_transaction_session_timeout = '30s';
alter role lab set idle_in_transaction_session_timeout = '60s';
alter role trace set idle_in_transaction_session_timeout = '300s';
create database lab owner lab;
create database trace owner trace;
revoke connect, temporary on database lab, trace from public;
grant connect on database lab, trace to lab_reader;
grant connect on database lab to lab;
grant connect on database trace to trace;
SQL
