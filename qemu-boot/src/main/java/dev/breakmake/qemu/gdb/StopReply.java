package dev.breakmake.qemu.gdb;

/** Why the target stopped. */
public sealed interface StopReply {

    /**
     * Stopped by a signal: 5 (SIGTRAP) after a breakpoint or a step, 2 (SIGINT) after an interrupt request.
     *
     * @param thread the thread that stopped; the stub selects it for register access
     */
    record Signal(int signal, ThreadId thread) implements StopReply {}

    /** The target process ended; nothing more can be asked. */
    record Exited(int status) implements StopReply {}

    /** Signal number of a breakpoint or completed step. */
    int SIGTRAP = 5;

    /** Reads a {@code T}, {@code S}, {@code W} or {@code X} packet. */
    static StopReply parse(String packet) throws GdbProtocolException {
        if (packet.length() < 3) {
            throw new GdbProtocolException("stop reply '%s' is too short".formatted(packet));
        }
        int code = Hex.byteAt(packet, 1);
        return switch (packet.charAt(0)) {
            case 'T' -> new Signal(code, threadOf(packet));
            case 'S' -> new Signal(code, new ThreadId(0, 1));
            case 'W', 'X' -> new Exited(code);
            default -> throw new GdbProtocolException("'%s' is no stop reply".formatted(packet));
        };
    }

    private static ThreadId threadOf(String packet) throws GdbProtocolException {
        int at = packet.indexOf("thread:", 3);
        if (at < 0) {
            throw new GdbProtocolException("stop reply '%s' names no thread".formatted(packet));
        }
        int end = packet.indexOf(';', at);
        return ThreadId.parse(packet.substring(at + 7, end < 0 ? packet.length() : end));
    }
}
