package dev.breakmake.qemu.site;

import java.util.Arrays;

/** Executes the few instructions that steer loops around barriers; whatever it does not know it treats as unknown. */
abstract sealed class Simulation permits A64Simulation, A32Simulation {

    /** Instead of an address: what comes next cannot be said. */
    static final long UNCERTAIN = -1;

    private final long[] values;
    private final boolean[] known;
    private long flags;
    private boolean flagsKnown = true;

    Simulation(long[] registers, long programStatus) {
        values = Arrays.copyOf(registers, 32);
        known = new boolean[32];
        Arrays.fill(known, 0, registers.length, true);
        flags = programStatus;
    }

    /** Executes one instruction and returns the address of the next, or {@link #UNCERTAIN}. */
    abstract long step(int word, long address);

    boolean known(int register) {
        return known[register];
    }

    long value(int register) {
        return values[register];
    }

    void set(int register, long value) {
        values[register] = value;
        known[register] = true;
    }

    void forget(int register) {
        known[register] = false;
    }

    boolean flagsKnown() {
        return flagsKnown;
    }

    boolean condition(int condition) {
        return Conditions.hold(condition, flags);
    }

    void forgetFlags() {
        flagsKnown = false;
    }

    /** NZCV of an addition {@code a + b + carry} of that many bits; a subtraction adds the complement with carry 1. */
    void setFlagsOfSum(long a, long b, int carry, int bits) {
        long mask = bits == 64 ? -1 : (1L << bits) - 1;
        long x = a & mask;
        long y = b & mask;
        long sum = x + y + carry & mask;
        boolean carryOut =
                bits == 64 ? Long.compareUnsigned(sum, x) < 0 || (carry == 1 && sum == x) : x + y + carry > mask;
        long sign = 1L << bits - 1;
        boolean overflow = ((x ^ sum) & (y ^ sum) & sign) != 0;
        setNzcv((sum & sign) != 0, sum == 0, carryOut, overflow);
    }

    void setNzcv(boolean n, boolean z, boolean c, boolean v) {
        flags = (n ? 1L << 31 : 0) | (z ? 1L << 30 : 0) | (c ? 1L << 29 : 0) | (v ? 1L << 28 : 0);
        flagsKnown = true;
    }
}
