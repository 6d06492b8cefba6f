# Runs a command so that it cannot outlive the process that started this script.
# Arguments: folder to remove at the end, address space limit (KiB), file size limit (512-byte blocks), packets or bytes, command...
# Standard input is a pipe held open by the starter: its end, for whatever reason, kills the command and its process group.
folder=$1
ulimit -c 0 || exit 126
ulimit -v "$2" || exit 126
ulimit -f "$3" || exit 126
# Standard error as a pipe of packets: dd sets O_DIRECT on what it writes to, which the command inherits.
if [ "$4" = packets ] && ! dd if=/dev/null count=0 oflag=direct >&2 2>/dev/null; then
    exit 124
fi
shift 4
exec 3<&0 </dev/null
# The command gets a process group of its own, to be killed as a whole, and dies with this script should someone kill that.
if command -v setpriv >/dev/null 2>&1; then
    set -- setpriv --pdeathsig KILL "$@"
fi
if command -v setsid >/dev/null 2>&1; then
    set -- setsid "$@"
fi
"$@" 3<&- &
child=$!
# Ctrl-C and its like go to the starter's whole process group, to us too; we must see its end, not end with it.
trap '' INT TERM HUP QUIT
(
    # Cut off from the output pipes, or the starter would wait for their end.
    exec >/dev/null 2>&1
    read -r line <&3
    # The folder goes first: once the command is dead the script ends and takes this guard with it.
    rm -rf "$folder"
    kill -KILL -"$child" || kill -KILL "$child"
) 2>/dev/null &
guard=$!
exec 3<&-
wait "$child"
status=$?
kill -KILL "$guard" 2>/dev/null
exit "$status"
