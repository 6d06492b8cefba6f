#!/usr/bin/env bash
# boots.sh [SECONDS] [ROW...]: boots of real Xen on the engine in a warm JVM and on QEMU, side by side; a row is IMAGE:PES:MIB,
# e.g. boots.sh 5 4.17-arm64:1:128. Without rows, the table of docs/performance.md.
# Needs: images in the cache (./breakmake image fetch), QEMU, taskset.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-5}
[ $# -gt 0 ] && shift
cache=${BREAKMAKE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/breakmake}/xen
qemu-system-aarch64 --version | head -1
exec benchmarks/run BootBenchmark "$cache" "$seconds" "$@"
