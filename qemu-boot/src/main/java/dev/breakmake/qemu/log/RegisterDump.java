package dev.breakmake.qemu.log;

import java.util.Arrays;

/**
 * The registers that follow a block's line: {@code NAME=HEX} separated by blanks and line ends, {@code PC}, {@code X00} to {@code X30},
 * {@code SP} and {@code PSTATE}, or {@code R00} to {@code R15} and {@code PSR}.
 */
final class RegisterDump {

    private static final int SP = 31;

    /** The first line: R0 to R3 in eight pieces. */
    private static final int FIRST_32 = 4;

    private final long[] general = new long[32];
    private int found;
    private long pc;
    private long status;
    private boolean complete;
    private boolean pcFirst;

    /** Takes one line over. Lines that hold no register are passed over. */
    void line(String line) throws MalformedLogException {
        int at = 0;
        int length = line.length();
        while (at < length && !complete) {
            if (line.charAt(at) == ' ') {
                at++;
                continue;
            }
            int end = line.indexOf(' ', at);
            end = end < 0 ? length : end;
            int equals = line.indexOf('=', at);
            if (equals > at && equals < end) {
                register(line, at, equals, end);
            }
            at = end;
        }
    }

    private void register(String line, int start, int equals, int end) throws MalformedLogException {
        try {
            long value = Long.parseUnsignedLong(line, equals + 1, end, 16);
            char first = line.charAt(start);
            boolean numbered = equals - start == 3 && Character.isDigit(line.charAt(start + 1));
            if (numbered && (first == 'X' || first == 'R')) {
                general[index(line, start)] = value;
                found++;
                if (first == 'R' && index(line, start) == 15) {
                    pc = value;
                }
            } else if (line.startsWith("PC=", start)) {
                pc = value;
                pcFirst = found == 0;
            } else if (line.startsWith("SP=", start)) {
                general[SP] = value;
                found++;
            } else if (line.startsWith("PSTATE=", start) || line.startsWith("PSR=", start)) {
                status = value;
                complete = true;
            }
        } catch (NumberFormatException e) {
            throw new MalformedLogException(line);
        }
    }

    private static int index(String line, int start) throws MalformedLogException {
        int index = Integer.parseInt(line, start + 1, start + 3, 10);
        if (index >= SP) {
            throw new MalformedLogException(line);
        }
        return index;
    }

    /** Whether the first registers have been read, so few that QEMU is still writing. */
    boolean isAtFirst() {
        return found == (isOfA64() ? LogEntry.Began.FIRST : FIRST_32);
    }

    /** Whether it begins as those of A64 do, with the PC. */
    boolean isOfA64() {
        return pcFirst;
    }

    /** X0 to X13. */
    long[] first() {
        return Arrays.copyOf(general, LogEntry.Began.FIRST);
    }

    /** Whether the last register has been read. */
    boolean isComplete() {
        return complete;
    }

    /** Whether all registers came that a PE of either architecture has. */
    boolean isWhole() {
        return complete && (found == 32 || found == 16);
    }

    long pc() {
        return pc;
    }

    long status() {
        return status;
    }

    /** General registers in the order of {@link LogEntry.Registers}. */
    long[] general() {
        return Arrays.copyOf(general, found);
    }

    /** Stack pointer. */
    long stack() {
        return found == 16 ? general[13] : general[SP];
    }
}
