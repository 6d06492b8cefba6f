package dev.breakmake.qemu.gdb;

/**
 * A thread as the stub names it; QEMU makes one thread per CPU and one process per CPU cluster, both numbered from 1.
 *
 * @param process process number, or 0 when the stub does not speak of processes
 * @param thread thread number
 */
public record ThreadId(int process, int thread) {

    /** Reads {@code p1.2} or {@code 2}. */
    static ThreadId parse(String text) throws GdbProtocolException {
        try {
            if (text.startsWith("p")) {
                int dot = text.indexOf('.');
                if (dot > 0) {
                    return new ThreadId(number(text.substring(1, dot)), number(text.substring(dot + 1)));
                }
            }
            return new ThreadId(0, number(text));
        } catch (NumberFormatException e) {
            throw new GdbProtocolException("'%s' is no thread id".formatted(text));
        }
    }

    private static int number(String hex) {
        return Integer.parseUnsignedInt(hex, 16);
    }

    /** The protocol's form. */
    @Override
    public String toString() {
        return process == 0 ? Integer.toHexString(thread) : "p%x.%x".formatted(process, thread);
    }
}
