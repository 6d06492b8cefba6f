package dev.breakmake.engine.isa.a64;

import dev.breakmake.engine.pe.ProcessingElement;

/** Data processing that is too rare for the interpreter's loop, and the flag arithmetic all of it shares. */
final class AluOperations {

    /** In {@link MicroOp#s} of {@link Op#ALU_W_OR_X}: a logical operation; else bits 1:0 are SUB and S. */
    static final int LOGICAL = 8;

    /** In the operand type: the second operand is extended, not shifted. */
    static final int EXTENDED = 8;

    static final int EXTR_X = 0;
    static final int EXTR_W = 1;
    static final int UDIV_X = 2;
    static final int UDIV_W = 3;
    static final int SDIV_X = 4;
    static final int SDIV_W = 5;
    static final int ASRV_X = 6;
    static final int ASRV_W = 7;
    static final int RORV_X = 8;
    static final int RORV_W = 9;
    static final int RBIT_X = 10;
    static final int RBIT_W = 11;
    static final int REV16_X = 12;
    static final int REV16_W = 13;
    static final int REV32 = 14;
    static final int CLS_X = 15;
    static final int CLS_W = 16;
    static final int MSUB_W = 17;
    static final int SMSUBL = 18;
    static final int UMSUBL = 19;
    static final int SMULH = 20;
    static final int UMULH = 21;

    /** CRC32B; the next seven are H, W, X and the CRC32C forms. */
    static final int CRC32 = 24;

    /** ADC; the next three are ADCS, SBC, SBCS. */
    static final int ADC = 0;

    static final int CCMN = 4;
    static final int CCMP = 5;
    static final int LITERAL = 8;
    static final int WIDE = 16;

    private static final long LOW = 0xffff_ffffL;

    /** Per condition, a bit for every value of NZCV it holds for. */
    private static final int[] CONDITIONS = conditions();

    private AluOperations() {}

    private static int[] conditions() {
        final int[] table = new int[16];
        for (int condition = 0; condition < 16; condition++) {
            for (int flags = 0; flags < 16; flags++) {
                final boolean n = (flags & 8) != 0;
                final boolean z = (flags & 4) != 0;
                final boolean c = (flags & 2) != 0;
                final boolean v = (flags & 1) != 0;
                boolean holds = switch (condition >>> 1) {
                    case 0 -> z;
                    case 1 -> c;
                    case 2 -> n;
                    case 3 -> v;
                    case 4 -> c && !z;
                    case 5 -> n == v;
                    case 6 -> n == v && !z;
                    default -> true;
                };
                if ((condition & 1) != 0 && condition != 15) {
                    holds = !holds;
                }
                table[condition] |= holds ? 1 << flags : 0;
            }
        }
        return table;
    }

    /** Whether a condition holds for flags (N in bit 3). */
    static boolean holds(final int condition, final int nzcv) {
        return (CONDITIONS[condition] >>> nzcv & 1) != 0;
    }

    /** Flags of {@code a + b}. */
    static int addFlags64(final long a, final long b, final long r) {
        return (int) (r >>> 63) << 3
                | (r == 0 ? 4 : 0)
                | (int) ((a & b | (a | b) & ~r) >>> 63) << 1
                | (int) (((a ^ r) & (b ^ r)) >>> 63);
    }

    /** Flags of {@code a - b}. */
    static int subFlags64(final long a, final long b, final long r) {
        return (int) (r >>> 63) << 3
                | (r == 0 ? 4 : 0)
                | (int) ((a & ~b | (a | ~b) & ~r) >>> 63) << 1
                | (int) (((a ^ b) & (a ^ r)) >>> 63);
    }

    /** Flags of the 32-bit {@code a + b}. */
    static int addFlags32(final int a, final int b, final int r) {
        return r >>> 31 << 3 | (r == 0 ? 4 : 0) | (a & b | (a | b) & ~r) >>> 31 << 1 | ((a ^ r) & (b ^ r)) >>> 31;
    }

    /** Flags of the 32-bit {@code a - b}. */
    static int subFlags32(final int a, final int b, final int r) {
        return r >>> 31 << 3 | (r == 0 ? 4 : 0) | (a & ~b | (a | ~b) & ~r) >>> 31 << 1 | ((a ^ b) & (a ^ r)) >>> 31;
    }

    /** Flags of a logical result. */
    static int logicFlags64(final long r) {
        return (int) (r >>> 63) << 3 | (r == 0 ? 4 : 0);
    }

    /** Flags of a 32-bit logical result. */
    static int logicFlags32(final int r) {
        return r >>> 31 << 3 | (r == 0 ? 4 : 0);
    }

    /** Packs the form of a second operand into an immediate. */
    static long operand(final boolean wide, final int type, final int amount) {
        return amount | (long) type << 6 | (wide ? 1L << 10 : 0);
    }

    /** The extended register operand of an addition or address. */
    static long extend(final long value, final int option, final int shift) {
        final long extended = switch (option) {
            case 0 -> value & 0xff;
            case 1 -> value & 0xffff;
            case 2 -> value & LOW;
            case 4 -> (byte) value;
            case 5 -> (short) value;
            case 6 -> (int) value;
            default -> value;
        };
        return extended << shift;
    }

    /** The second operand in a form that {@link #operand} packed. */
    static long second(final long value, final long form) {
        final int amount = (int) form & 63;
        final int type = (int) (form >>> 6) & 15;
        final boolean wide = (form & 1L << 10) != 0;
        if ((type & EXTENDED) != 0) {
            return extend(value, type & 7, amount);
        }
        if (wide) {
            return switch (type) {
                case 0 -> value << amount;
                case 1 -> value >>> amount;
                case 2 -> value >> amount;
                default -> Long.rotateRight(value, amount);
            };
        }
        final int low = (int) value;
        return switch (type) {
            case 0 -> low << amount;
            case 1 -> low >>> amount;
            case 2 -> low >> amount;
            default -> Integer.rotateRight(low, amount);
        };
    }

    /** Executes {@link Op#ALU_W_OR_X}. */
    static void alu(final ProcessingElement pe, final MicroOp op) {
        final long[] x = pe.x;
        final boolean wide = (op.imm & 1L << 10) != 0;
        final long a = x[op.n];
        final long b = second(x[op.m], op.imm);
        final long r;
        if ((op.s & LOGICAL) != 0) {
            final long second = (op.s & 1) != 0 ? ~b : b;
            r = switch (op.s >>> 1 & 3) {
                case 0, 3 -> a & second;
                case 1 -> a | second;
                default -> a ^ second;
            };
            if ((op.s & 6) == 6) {
                pe.nzcv = wide ? logicFlags64(r) : logicFlags32((int) r);
            }
        } else {
            final boolean subtract = (op.s & 2) != 0;
            r = subtract ? a - b : a + b;
            if ((op.s & 1) != 0) {
                pe.nzcv = wide
                        ? subtract ? subFlags64(a, b, r) : addFlags64(a, b, r)
                        : subtract ? subFlags32((int) a, (int) b, (int) r) : addFlags32((int) a, (int) b, (int) r);
            }
        }
        x[op.d] = wide ? r : r & LOW;
    }

    /** Executes {@link Op#FLAGS}. */
    static void flags(final ProcessingElement pe, final MicroOp op) {
        final long[] x = pe.x;
        final boolean wide = (op.s & WIDE) != 0;
        final int code = op.s & 7;
        if (code >= CCMN) {
            if (!holds(op.a, pe.nzcv)) {
                pe.nzcv = (int) op.imm;
                return;
            }
            final long a = x[op.n];
            final long b = (op.s & LITERAL) != 0 ? op.m : x[op.m];
            if (code == CCMP) {
                pe.nzcv = wide ? subFlags64(a, b, a - b) : subFlags32((int) a, (int) b, (int) a - (int) b);
            } else {
                pe.nzcv = wide ? addFlags64(a, b, a + b) : addFlags32((int) a, (int) b, (int) a + (int) b);
            }
            return;
        }
        final int carry = pe.nzcv >>> 1 & 1;
        final long a = x[op.n];
        final long b = (code & 2) != 0 ? ~x[op.m] : x[op.m];
        final long r = a + b + carry;
        if ((code & 1) != 0) {
            pe.nzcv = wide ? addFlags64(a, b, r) : addFlags32((int) a, (int) b, (int) r);
        }
        x[op.d] = wide ? r : r & LOW;
    }

    /** Executes {@link Op#ALU2}. */
    static void other(final ProcessingElement pe, final MicroOp op) {
        final long[] x = pe.x;
        final long a = x[op.n];
        final long b = x[op.m];
        x[op.d] = switch (op.s) {
            case EXTR_X -> op.imm == 0 ? b : b >>> op.imm | a << 64 - op.imm;
            case EXTR_W -> ((a & LOW) << 32 | b & LOW) >>> op.imm & LOW;
            case UDIV_X -> b == 0 ? 0 : Long.divideUnsigned(a, b);
            case UDIV_W -> (int) b == 0 ? 0 : Integer.divideUnsigned((int) a, (int) b) & LOW;
            case SDIV_X -> b == 0 ? 0 : a / b;
            case SDIV_W -> (int) b == 0 ? 0 : (int) a / (int) b & LOW;
            case ASRV_X -> a >> b;
            case ASRV_W -> (int) a >> b & LOW;
            case RORV_X -> Long.rotateRight(a, (int) b);
            case RORV_W -> Integer.rotateRight((int) a, (int) b) & LOW;
            case RBIT_X -> Long.reverse(a);
            case RBIT_W -> Integer.reverse((int) a) & LOW;
            case REV16_X -> a >>> 8 & 0x00ff_00ff_00ff_00ffL | (a & 0x00ff_00ff_00ff_00ffL) << 8;
            case REV16_W -> a >>> 8 & 0x00ff_00ffL | (a & 0x00ff_00ffL) << 8;
            case REV32 -> (long) Integer.reverseBytes((int) (a >>> 32)) << 32 | Integer.reverseBytes((int) a) & LOW;
            case CLS_X -> Long.numberOfLeadingZeros(a ^ a >> 63) - 1;
            case CLS_W -> Integer.numberOfLeadingZeros((int) a ^ (int) a >> 31) - 1;
            case MSUB_W -> x[op.a] - a * b & LOW;
            case SMSUBL -> x[op.a] - (long) (int) a * (int) b;
            case UMSUBL -> x[op.a] - (a & LOW) * (b & LOW);
            case SMULH -> Math.multiplyHigh(a, b);
            case UMULH -> Math.unsignedMultiplyHigh(a, b);
            default -> crc(op.s - CRC32, (int) a, b);
        };
    }

    /** CRC32 and CRC32C of 1 to 8 bytes onto an accumulator. */
    private static long crc(final int code, final int accumulator, final long value) {
        final int polynomial = (code & 4) != 0 ? 0x82f6_3b78 : 0xedb8_8320;
        int crc = accumulator;
        for (int i = 0; i < 1 << (code & 3); i++) {
            crc ^= (int) (value >>> (i << 3)) & 0xff;
            for (int bit = 0; bit < 8; bit++) {
                crc = crc >>> 1 ^ ((crc & 1) != 0 ? polynomial : 0);
            }
        }
        return crc & LOW;
    }
}
