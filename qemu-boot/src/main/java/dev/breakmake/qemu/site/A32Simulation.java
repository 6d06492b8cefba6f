package dev.breakmake.qemu.site;

/** The arithmetic and branches of A32 that loops around barriers use. */
final class A32Simulation extends Simulation {

    private static final int PC = 15;
    private static final long MASK = 0xffff_ffffL;

    A32Simulation(long[] registers, long programStatus) {
        super(registers, programStatus);
    }

    @Override
    long step(int word, long address) {
        int condition = word >>> 28;
        if (condition == 15 || (condition != 14 && !flagsKnown())) {
            return UNCERTAIN;
        }
        if (!condition(condition)) {
            return address + 4;
        }
        if ((word & 0x0e000000) == 0x0a000000) {
            return address + 8 + ((word << 8) >> 6) & MASK;
        }
        switch (word >>> 25 & 7) {
            case 0 -> {
                if ((word & 0x10) != 0 || (word >>> 12 & 15) == PC || (word & 0x01900000) == 0x01000000) {
                    return UNCERTAIN;
                }
                int rm = word & 15;
                dataProcessing(word, known(rm) && rm != PC && (word & 0xfe0) == 0, value(rm));
            }
            case 1 -> {
                if ((word >>> 12 & 15) == PC && (word & 0x01900000) != 0x01100000) {
                    return UNCERTAIN;
                }
                if ((word & 0x01900000) == 0x01000000) {
                    moveHalf(word);
                } else {
                    int rotation = (word >>> 8 & 15) * 2;
                    dataProcessing(word, true, Integer.rotateRight(word & 0xff, rotation) & MASK);
                }
            }
            case 2, 3 -> {
                // A load: what it loads is not known, nor is the base register it may write back.
                if ((word >>> 12 & 15) == PC) {
                    return UNCERTAIN;
                }
                forget(word >>> 12 & 15);
                forget(word >>> 16 & 15);
            }
            // MCR changes no general register.
            case 7 -> {}
            default -> {
                return UNCERTAIN;
            }
        }
        return address + 4;
    }

    /** MOVW and MOVT; with other encodings of the space (MSR, hints) nothing is known afterwards. */
    private void moveHalf(int word) {
        int rd = word >>> 12 & 15;
        int immediate = (word >>> 4 & 0xf000) | (word & 0xfff);
        if ((word & 0x0ff00000) == 0x03000000) {
            set(rd, immediate);
        } else if ((word & 0x0ff00000) == 0x03400000 && known(rd)) {
            set(rd, (value(rd) & 0xffff) | (long) immediate << 16);
        } else {
            forget(rd);
            forgetFlags();
        }
    }

    private void dataProcessing(int word, boolean operandKnown, long operand) {
        int opcode = word >>> 21 & 15;
        int rd = word >>> 12 & 15;
        int rn = word >>> 16 & 15;
        boolean setFlags = (word & 1 << 20) != 0;
        boolean compare = opcode >= 8 && opcode <= 11;
        boolean usesFirst = opcode != 13 && opcode != 15;
        boolean usesCarry = opcode >= 5 && opcode <= 7;
        if (!operandKnown || usesCarry || (usesFirst && (!known(rn) || rn == PC))) {
            if (!compare) {
                forget(rd);
            }
            if (setFlags) {
                forgetFlags();
            }
            return;
        }
        long a = value(rn);
        long result = switch (opcode) {
            case 0, 8 -> a & operand;
            case 1, 9 -> a ^ operand;
            case 2, 10 -> a - operand;
            case 3 -> operand - a;
            case 4, 11 -> a + operand;
            case 12 -> a | operand;
            case 13 -> operand;
            case 14 -> a & ~operand;
            default -> ~operand;
        };
        if (setFlags) {
            switch (opcode) {
                case 2, 10 -> setFlagsOfSum(a, ~operand, 1, 32);
                case 3 -> setFlagsOfSum(operand, ~a, 1, 32);
                case 4, 11 -> setFlagsOfSum(a, operand, 0, 32);
                default -> {
                    // The shifter's carry is not computed: N and Z only would be half the truth.
                    forgetFlags();
                }
            }
        }
        if (!compare) {
            set(rd, result & MASK);
        }
    }
}
