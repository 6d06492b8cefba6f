package dev.breakmake.engine.isa.a64;

/**
 * One decoded instruction. Immutable: decoded code is shared between machines and threads.
 *
 * <p>Register numbers are indexes into the PE's register array: a source 31 that means zero is 31, a destination 31 that means
 * "discard" is 33, the stack pointer is 32.
 */
final class MicroOp {

    /** One of {@link Op}. */
    final int kind;

    /** Destination, or the register stored. */
    final int d;

    /** First source or base. */
    final int n;

    /** Second source or index. */
    final int m;

    /** Third source, second register of a pair, or condition. */
    final int a;

    /** Shift amount, bit number or sub-operation. */
    final int s;

    /** Immediate, displacement or mask. */
    final long imm;

    /** The instruction itself. */
    final int word;

    MicroOp(
            final int kind,
            final int d,
            final int n,
            final int m,
            final int a,
            final int s,
            final long imm,
            final int word) {
        this.kind = kind;
        this.d = d;
        this.n = n;
        this.m = m;
        this.a = a;
        this.s = s;
        this.imm = imm;
        this.word = word;
    }
}
