package dev.breakmake.engine.isa.a32;

/** One decoded A32 instruction: operation and operands, ready to execute. Immutable; shared by all PEs that run the page. */
final class Instruction {

    /** How the second operand or the offset is formed. */
    enum Form {
        /** {@link #immediate}; a data-processing constant carries its carry-out in {@link #immediateCarry}. */
        IMMEDIATE,
        /** Register {@link #m}, unshifted. */
        REGISTER,
        /** Register {@link #m} shifted by {@link #immediate} (already 1 to 32, or RRX as ROR 0). */
        SHIFTED,
        /** Register {@link #m} shifted by the low byte of register {@link #s}. */
        SHIFTED_BY_REGISTER
    }

    /** Carry-out of an immediate that leaves the carry as it is. */
    static final int CARRY_UNCHANGED = -1;

    final int opcode;
    final Operation operation;
    final int condition;
    final Form form;
    final int d;
    final int n;
    final int m;
    final int s;
    final int immediate;
    final int immediateCarry;
    final int shift;
    final boolean setFlags;
    final boolean add;
    final boolean preIndex;
    final boolean writeback;

    Instruction(
            final int opcode,
            final Operation operation,
            final Form form,
            final int immediate,
            final int immediateCarry,
            final int shift,
            final boolean setFlags) {
        this.opcode = opcode;
        this.operation = operation;
        this.condition = opcode >>> 28;
        this.form = form;
        this.d = opcode >>> 12 & 15;
        this.n = opcode >>> 16 & 15;
        this.m = opcode & 15;
        this.s = opcode >>> 8 & 15;
        this.immediate = immediate;
        this.immediateCarry = immediateCarry;
        this.shift = shift;
        this.setFlags = setFlags;
        this.add = (opcode & 1 << 23) != 0;
        this.preIndex = (opcode & 1 << 24) != 0;
        this.writeback = (opcode & 1 << 21) != 0;
    }

    /** Bits {@code high:low} of the opcode. */
    int bits(final int high, final int low) {
        return opcode >>> low & (1 << high - low + 1) - 1;
    }

    /** One bit of the opcode. */
    boolean bit(final int position) {
        return (opcode >>> position & 1) != 0;
    }
}
