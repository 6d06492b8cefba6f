#!/usr/bin/env bash
# qemu-backend.sh [IMAGE NAME] [PES] [ROUNDS]: bare QEMU, console-only and full observation side by side, e.g. qemu-backend.sh 4.17-arm64 2 15
# Needs: the modules compiled (./breakmake build), the image in the cache (./breakmake image fetch), QEMU.
set -euo pipefail
cd "$(dirname "$0")/.."
name=${1:-4.17-arm64}
pes=${2:-2}
rounds=${3:-15}
cache=${BREAKMAKE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/breakmake}
image=$cache/xen/$name/xen
[ -r "$image" ] || { echo "no image at $image: ./breakmake image fetch" >&2; exit 2; }
classes=translation-model/target/classes:qemu-boot/target/classes
[ -d qemu-boot/target/classes ] || { echo "not compiled yet: ./breakmake build" >&2; exit 2; }
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
echo "load average $(cut -d' ' -f1-3 /proc/loadavg), $(nproc) processors, $(qemu-system-aarch64 --version | head -1)"
exec "$java" -cp "$classes" benchmarks/QemuBackendBenchmark.java "$image" "${name##*-}" "$pes" "$rounds"
