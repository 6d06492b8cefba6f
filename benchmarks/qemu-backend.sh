#!/usr/bin/env bash
# qemu-backend.sh [IMAGE NAME] [PES] [ROUNDS]: bare QEMU, console-only and full observation side by side, e.g. qemu-backend.sh 4.17-arm64 2 15
# Needs: the image in the cache (./breakmake image fetch), QEMU.
set -euo pipefail
cd "$(dirname "$0")/.."
name=${1:-4.17-arm64}
cache=${BREAKMAKE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/breakmake}
image=$cache/xen/$name/xen
[ -r "$image" ] || { echo "no image at $image: ./breakmake image fetch" >&2; exit 2; }
qemu-system-aarch64 --version | head -1
exec benchmarks/run QemuBackendBenchmark "$image" "${name##*-}" "${2:-2}" "${3:-15}"
