package dev.breakmake.qemu.log;

/** What QEMU's execution log says of the addresses it was asked for. */
public sealed interface LogEntry {

    /**
     * A PE has come to a block: everything before the block is executed, nothing of it. The PE waits until its {@link Registers} are read.
     *
     * @param pe index of the PE
     * @param pc virtual address of the block
     */
    record Began(int pe, long pc) implements LogEntry {}

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
