package dev.breakmake.engine.isa.a32;

/** Parallel addition and subtraction on bytes and halfwords (DDI 0406C A5.4.1, A5.4.2). */
final class Parallel {

    private static final int SIGNED = 1;
    private static final int SATURATING = 2;
    private static final int HALVING = 3;
    private static final int UNSIGNED = 5;
    private static final int UNSIGNED_SATURATING = 6;
    private static final int UNSIGNED_HALVING = 7;

    private Parallel() {}

    /** Executes one; false for an encoding that is undefined. */
    static boolean execute(final Registers regs, final Instruction i) {
        final int kind = i.bits(22, 20);
        final int operation = i.bits(7, 5);
        if ((kind & 3) == 0 || operation == 5 || operation == 6) {
            return false;
        }
        final int a = regs.r[i.n];
        final int b = regs.r[i.m];
        regs.r[i.d] = switch (operation) {
            case 0 -> halves(regs, kind, a, b, false, false, false);
            case 1 -> halves(regs, kind, a, Integer.rotateRight(b, 16), true, false, true);
            case 2 -> halves(regs, kind, a, Integer.rotateRight(b, 16), false, true, true);
            case 3 -> halves(regs, kind, a, b, true, true, false);
            case 4 -> bytes(regs, kind, a, b, false);
            default -> bytes(regs, kind, a, b, true);
        };
        return true;
    }

    private static int halves(
            final Registers regs,
            final int kind,
            final int a,
            final int b,
            final boolean subtractLow,
            final boolean subtractHigh,
            final boolean exchanged) {
        final boolean unsigned = kind >= UNSIGNED;
        final int low = lane(a, b, 0, 16, unsigned, subtractLow);
        final int high = lane(a, b, 16, 16, unsigned, subtractHigh);
        if (kind == SIGNED || kind == UNSIGNED) {
            regs.greaterEqual = greaterEqual(low, 16, unsigned, subtractLow, 3)
                    | greaterEqual(high, 16, unsigned, subtractHigh, 12);
        }
        assert exchanged || subtractLow == subtractHigh : "only the exchanging forms mix sum and difference";
        return finish(kind, low, 16) & 0xffff | finish(kind, high, 16) << 16;
    }

    private static int bytes(final Registers regs, final int kind, final int a, final int b, final boolean subtract) {
        final boolean unsigned = kind >= UNSIGNED;
        int result = 0;
        int greaterEqual = 0;
        for (int lane = 0; lane < 4; lane++) {
            final int value = lane(a, b, lane << 3, 8, unsigned, subtract);
            greaterEqual |= greaterEqual(value, 8, unsigned, subtract, 1 << lane);
            result |= (finish(kind, value, 8) & 0xff) << (lane << 3);
        }
        if (kind == SIGNED || kind == UNSIGNED) {
            regs.greaterEqual = greaterEqual;
        }
        return result;
    }

    private static int lane(
            final int a, final int b, final int shift, final int bits, final boolean unsigned, final boolean subtract) {
        final int x = extend(a >> shift, bits, unsigned);
        final int y = extend(b >> shift, bits, unsigned);
        return subtract ? x - y : x + y;
    }

    private static int extend(final int value, final int bits, final boolean unsigned) {
        return unsigned ? value & (1 << bits) - 1 : value << 32 - bits >> 32 - bits;
    }

    private static int greaterEqual(
            final int value, final int bits, final boolean unsigned, final boolean subtract, final int lanes) {
        final boolean set = unsigned && !subtract ? value >= 1 << bits : value >= 0;
        return set ? lanes : 0;
    }

    private static int finish(final int kind, final int value, final int bits) {
        return switch (kind) {
            case SATURATING -> Math.clamp(value, -(1 << bits - 1), (1 << bits - 1) - 1);
            case UNSIGNED_SATURATING -> Math.clamp(value, 0, (1 << bits) - 1);
            case HALVING, UNSIGNED_HALVING -> value >> 1;
            default -> value;
        };
    }
}
