#!/usr/bin/env bash
# trace-service.sh [IMAGE NAME] [DISTINCT BOOTS] [STORED RUNS] [QUERIES]: ingest and point queries on a real PostgreSQL, beside raw COPY and SELECT 1,
# e.g. trace-service.sh 4.17-arm64 100 5000 2000
set -euo pipefail
cd "$(dirname "$0")/.."
name=${1:-4.17-arm64}
cache=${BREAKMAKE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/breakmake}
image=$cache/xen/$name/xen
[ -r "$image" ] || { echo "no image at $image: ./breakmake image fetch" >&2; exit 2; }
exec benchmarks/run TraceServiceBenchmark "$image" "${2:-100}" "${3:-5000}" "${4:-2000}"
