#!/usr/bin/env bash
# start-up.sh [ROUNDS]: whole processes from exec to exit, in turns: java -version, breakmake --help, breakmake run of 4.17-arm64 at 128 MiB
# and 1 GiB. Prints median and best wall time in milliseconds.
# Needs: a build, images in the cache (./breakmake image fetch).
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-11}
java=$(./breakmake jdk)/bin/java
commands=("$java -version" './breakmake --help' './breakmake run 4.17-arm64 --memory 128MiB' './breakmake run 4.17-arm64 --memory 1GiB')
${commands[2]} >/dev/null 2>&1 || [ $? -eq 1 ] # makes the start-up cache if there is none
times=$(mktemp)
trap 'rm -f "$times"' EXIT
for ((round = 0; round < rounds; round++)); do
    for i in "${!commands[@]}"; do
        start=$EPOCHREALTIME
        ${commands[i]} >/dev/null 2>&1 || [ $? -eq 1 ]
        end=$EPOCHREALTIME
        echo "$i $(((${end/./} - ${start/./}) / 1000))" >>"$times"
    done
done
printf '%-45s %9s %9s\n' command 'median ms' 'best ms'
for i in "${!commands[@]}"; do
    mapfile -t sorted < <(awk -v i="$i" '$1 == i { print $2 }' "$times" | sort -n)
    printf '%-45s %9d %9d\n' "${commands[i]##*/}" "${sorted[rounds / 2]}" "${sorted[0]}"
done
