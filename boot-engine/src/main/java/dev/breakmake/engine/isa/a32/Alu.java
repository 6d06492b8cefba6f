package dev.breakmake.engine.isa.a32;

/** Arithmetic on the flags: shifter, additions with carry, data processing (DDI 0406C A8.4, A2.2.1). */
final class Alu {

    private Alu() {}

    /** Value of operand 2 of a data-processing instruction; sets {@code regs.carry} as well when {@code carryOut}. */
    static int operand2(final Registers regs, final Instruction i, final boolean carryOut) {
        return switch (i.form) {
            case IMMEDIATE -> {
                if (carryOut && i.immediateCarry != Instruction.CARRY_UNCHANGED) {
                    regs.carry = i.immediateCarry;
                }
                yield i.immediate;
            }
            case REGISTER -> regs.r[i.m];
            case SHIFTED -> shift(regs, regs.r[i.m], i.shift, i.immediate, carryOut);
            case SHIFTED_BY_REGISTER -> {
                final int distance = regs.r[i.s] & 0xff;
                yield distance == 0 ? regs.r[i.m] : shiftLong(regs, regs.r[i.m], i.shift, distance, carryOut);
            }
        };
    }

    /** Shift by an immediate: distance 1 to 32, or ROR with 0 for RRX. */
    static int shift(
            final Registers regs, final int value, final int type, final int distance, final boolean carryOut) {
        if (type == Decoder.ROR && distance == 0) {
            final int result = value >>> 1 | regs.carry << 31;
            if (carryOut) {
                regs.carry = value & 1;
            }
            return result;
        }
        return shiftLong(regs, value, type, distance, carryOut);
    }

    /** Shift by 1 to 255. */
    private static int shiftLong(
            final Registers regs, final int value, final int type, final int distance, final boolean carryOut) {
        final int result;
        final int carry;
        switch (type) {
            case Decoder.LSL -> {
                result = distance < 32 ? value << distance : 0;
                carry = distance <= 32 ? value >>> 32 - distance & 1 : 0;
            }
            case Decoder.LSR -> {
                result = distance < 32 ? value >>> distance : 0;
                carry = distance <= 32 ? value >>> distance - 1 & 1 : 0;
            }
            case Decoder.ASR -> {
                result = value >> Math.min(distance, 31);
                carry = value >> Math.min(distance - 1, 31) & 1;
            }
            default -> {
                result = Integer.rotateRight(value, distance);
                carry = result >>> 31;
            }
        }
        if (carryOut) {
            regs.carry = carry;
        }
        return result;
    }

    /** {@code a + b + carryIn}, flags set. */
    static int addWithFlags(final Registers regs, final int a, final int b, final int carryIn) {
        final long wide = (a & 0xffff_ffffL) + (b & 0xffff_ffffL) + carryIn;
        final int result = (int) wide;
        regs.carry = (int) (wide >>> 32);
        regs.overflow = (a ^ result) & (b ^ result);
        regs.negative = result;
        regs.zero = result;
        return result;
    }

    /** Sets N and Z from a result. */
    static int logicFlags(final Registers regs, final int result) {
        regs.negative = result;
        regs.zero = result;
        return result;
    }

    /**
     * Executes a data-processing instruction without flags.
     *
     * @return the value for Rd
     */
    static int compute(final Registers regs, final Operation operation, final int a, final int b) {
        return switch (operation) {
            case AND -> a & b;
            case EOR -> a ^ b;
            case SUB -> a - b;
            case RSB -> b - a;
            case ADD -> a + b;
            case ADC -> a + b + regs.carry;
            case SBC -> a - b - 1 + regs.carry;
            case RSC -> b - a - 1 + regs.carry;
            case ORR -> a | b;
            case MOV -> b;
            case BIC -> a & ~b;
            case MVN -> ~b;
            default -> throw new IllegalStateException("not data processing: " + operation);
        };
    }

    /**
     * Executes a data-processing instruction that sets flags; the carry of a logical operation is the shifter's, set before.
     *
     * @return the value for Rd, meaningless for compares
     */
    static int computeFlags(final Registers regs, final Operation operation, final int a, final int b) {
        return switch (operation) {
            case AND, TST -> logicFlags(regs, a & b);
            case EOR, TEQ -> logicFlags(regs, a ^ b);
            case SUB, CMP -> addWithFlags(regs, a, ~b, 1);
            case RSB -> addWithFlags(regs, b, ~a, 1);
            case ADD, CMN -> addWithFlags(regs, a, b, 0);
            case ADC -> addWithFlags(regs, a, b, regs.carry);
            case SBC -> addWithFlags(regs, a, ~b, regs.carry);
            case RSC -> addWithFlags(regs, b, ~a, regs.carry);
            case ORR -> logicFlags(regs, a | b);
            case MOV -> logicFlags(regs, b);
            case BIC -> logicFlags(regs, a & ~b);
            case MVN -> logicFlags(regs, ~b);
            default -> throw new IllegalStateException("not data processing: " + operation);
        };
    }

    /** Whether operand 2's shifter gives the carry of this operation. */
    static boolean isLogical(final Operation operation) {
        return switch (operation) {
            case AND, EOR, TST, TEQ, ORR, MOV, BIC, MVN -> true;
            default -> false;
        };
    }

    /** Signed saturation to {@code bits}; sets Q when it saturates. */
    static int saturateSigned(final Registers regs, final long value, final int bits) {
        final long max = (1L << bits - 1) - 1;
        final long clamped = Math.clamp(value, -max - 1, max);
        if (clamped != value) {
            regs.saturated = 1;
        }
        return (int) clamped;
    }

    /** Unsigned saturation to {@code bits}; sets Q when it saturates. */
    static int saturateUnsigned(final Registers regs, final long value, final int bits) {
        final long clamped = Math.clamp(value, 0L, (1L << bits) - 1);
        if (clamped != value) {
            regs.saturated = 1;
        }
        return (int) clamped;
    }
}
