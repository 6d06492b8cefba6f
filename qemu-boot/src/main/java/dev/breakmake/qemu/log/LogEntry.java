package dev.breakmake.qemu.log;

/** What QEMU's execution log says of the addresses it was asked for. */
public sealed interface LogEntry {

    /**
     * A PE has come to a block: everything before the block is executed, nothing of it. The PE waits.
     *
     * @param pe index of the PE
     * @param pc virtual address of the block
     * @param first the first of its registers, X0 to X13, which can be read while it waits; none of A32, or if another PE has come to the same
     *     address and it is not known yet whose they are
     */
    record Began(int pe, long pc, long[] first) implements LogEntry {

        /** Number of registers that can be read while a PE waits. */
        public static final int FIRST = 14;
    }

    /**
     * The registers of a PE that had come to a block. The PE goes on.
     *
     * @param general X0 to X30 and SP, or R0 to R15
     * @param status PSTATE or CPSR
     */
    record Registers(int pe, long pc, long[] general, long status) implements LogEntry {}

    /** A PE left a block before its first instruction, for an interrupt or because the machine stops: it will come to it again. */
    record NotStarted(long pc) implements LogEntry {}
}
