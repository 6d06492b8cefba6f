package dev.breakmake.qemu.compare;

/**
 * One thing on which two backends do not agree.
 *
 * @param kind what differs
 * @param pe PE concerned
 * @param step step of the left trace it belongs to: the number of register writes, TLB invalidates, barriers and context
 *     synchronisations before it
 * @param pc address of the instruction
 * @param symbol its symbol, or its address if it has none
 * @param left what the left backend saw; {@code nothing} if it has no such event
 * @param right what the right backend saw
 */
public record BackendDifference(Kind kind, int pe, long step, long pc, String symbol, String left, String right) {

    /** What differs. */
    public enum Kind {
        /** The machines or images are not the same. */
        SETUP,
        /** A register write or a PE start is missing on one side or has another value. */
        REGISTER,
        /** A TLB invalidate is missing on one side or has another scope or operand. */
        TLB_INVALIDATE,
        /** The tables translate differently at a point both reached. */
        TABLES
    }

    /** One line for people. */
    public String text(String leftName, String rightName) {
        return "%s, PE %d, step %d, %s (0x%x): %s: %s; %s: %s"
                .formatted(
                        kind.name().toLowerCase(java.util.Locale.ROOT),
                        pe,
                        step,
                        symbol,
                        pc,
                        leftName,
                        left,
                        rightName,
                        right);
    }
}
