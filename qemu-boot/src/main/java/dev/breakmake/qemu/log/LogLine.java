package dev.breakmake.qemu.log;

/** Reads single lines of QEMU's execution log; both forms of 7.2 and newer. */
final class LogLine {

    private static final String BEGAN = "Trace ";
    private static final String NOT_STARTED = "Stopped execution of TB chain before ";
    private static final String LINKED = "Linking TBs ";

    private LogLine() {}

    static boolean isBegan(String line) {
        return line.startsWith(BEGAN);
    }

    static boolean isNotStarted(String line) {
        return line.startsWith(NOT_STARTED);
    }

    /** Whether the line belongs to the log and says nothing about the guest. */
    static boolean isNoise(String line) {
        return line.startsWith(LINKED) || line.isBlank();
    }

    /** Reads {@code Trace PE: HOST [BASE/PC/FLAGS/CFLAGS] SYMBOL}. */
    static HeldLog.Waiting began(String line) throws MalformedLogException {
        int colon = line.indexOf(':');
        int base = line.indexOf('/');
        int end = line.indexOf('/', base + 1);
        if (colon < 0 || base < colon || end < 0) {
            throw new MalformedLogException(line);
        }
        try {
            return new HeldLog.Waiting(
                    Integer.parseInt(line, BEGAN.length(), colon, 10), Long.parseUnsignedLong(line, base + 1, end, 16));
        } catch (NumberFormatException e) {
            throw new MalformedLogException(line);
        }
    }

    /** Reads {@code Stopped execution of TB chain before HOST [PC] SYMBOL}. */
    static LogEntry.NotStarted notStarted(String line) throws MalformedLogException {
        int open = line.indexOf('[');
        int close = line.indexOf(']', open + 1);
        if (open < 0 || close < 0) {
            throw new MalformedLogException(line);
        }
        try {
            return new LogEntry.NotStarted(Long.parseUnsignedLong(line, open + 1, close, 16));
        } catch (NumberFormatException e) {
            throw new MalformedLogException(line);
        }
    }
}
