package dev.breakmake.engine.isa.a64;

import dev.breakmake.engine.pe.ProcessingElement;

/**
 * Decodes one A64 instruction (Arm ARM C4.1). Every encoding gets a micro-operation: unallocated ones and instructions the engine
 * does not model become {@link Op#SYSTEM} operations that raise the right outcome when they are executed.
 */
final class Decoder {

    private static final int SP = ProcessingElement.SP;
    private static final int SINK = ProcessingElement.SINK;
    private static final long LOW = 0xffff_ffffL;

    private Decoder() {}

    /** The micro-operation of an instruction word. */
    static MicroOp decode(final int w) {
        return switch (w >>> 25 & 15) {
            case 8, 9 -> immediate(w);
            case 10, 11 -> branchOrSystem(w);
            case 4, 6, 12, 14 -> LoadStoreDecoder.decode(w);
            case 5, 13 -> register(w);
            case 7, 15 -> SystemOperations.simd(w);
            default -> SystemOperations.undefined(w);
        };
    }

    /** A destination where 31 discards. */
    static int to(final int register) {
        return register == 31 ? SINK : register;
    }

    /** A register where 31 is the stack pointer. */
    static int sp(final int register) {
        return register == 31 ? SP : register;
    }

    private static boolean wide(final int w) {
        return w < 0;
    }

    private static MicroOp immediate(final int w) {
        final int d = w & 31;
        final int n = w >>> 5 & 31;
        return switch (w >>> 23 & 7) {
            case 0, 1 -> {
                final long offset = (long) w << 40 >> 45 << 2 | w >>> 29 & 3L;
                yield wide(w)
                        ? new MicroOp(Op.ADRP, to(d), 0, 0, 0, 0, offset << 12, w)
                        : new MicroOp(Op.ADR, to(d), 0, 0, 0, 0, offset, w);
            }
            case 2 -> addImmediate(w, d, n);
            case 4 -> logicalImmediate(w, d, n);
            case 5 -> moveWide(w, d);
            case 6 -> bitfield(w, d, n);
            case 7 -> extract(w, d, n);
            default -> SystemOperations.undefined(w);
        };
    }

    private static MicroOp addImmediate(final int w, final int d, final int n) {
        long imm = w >>> 10 & 0xfffL;
        if ((w & 1 << 22) != 0) {
            imm <<= 12;
        }
        final boolean subtract = (w & 1 << 30) != 0;
        if ((w & 1 << 29) == 0) {
            return new MicroOp(wide(w) ? Op.ADD_IMM_X : Op.ADD_IMM_W, sp(d), sp(n), 0, 0, 0, subtract ? -imm : imm, w);
        }
        final int kind = subtract ? wide(w) ? Op.SUBS_IMM_X : Op.SUBS_IMM_W : wide(w) ? Op.ADDS_IMM_X : Op.ADDS_IMM_W;
        return new MicroOp(kind, to(d), sp(n), 0, 0, 0, imm, w);
    }

    private static MicroOp logicalImmediate(final int w, final int d, final int n) {
        final long mask = bitmask(w >>> 22 & 1, w >>> 10 & 63, w >>> 16 & 63);
        if (mask == 0 || !wide(w) && (w & 1 << 22) != 0) {
            return SystemOperations.undefined(w);
        }
        final long imm = wide(w) ? mask : mask & LOW;
        return switch (w >>> 29 & 3) {
            case 0 -> new MicroOp(Op.AND_IMM, sp(d), n, 0, 0, 0, imm, w);
            case 1 ->
                n == 31
                        ? new MicroOp(Op.MOV_IMM, sp(d), 0, 0, 0, 0, imm, w)
                        : new MicroOp(wide(w) ? Op.ORR_IMM_X : Op.ORR_IMM_W, sp(d), n, 0, 0, 0, imm, w);
            case 2 -> new MicroOp(wide(w) ? Op.EOR_IMM_X : Op.EOR_IMM_W, sp(d), n, 0, 0, 0, imm, w);
            default -> new MicroOp(wide(w) ? Op.ANDS_IMM_X : Op.ANDS_IMM_W, to(d), n, 0, 0, 0, imm, w);
        };
    }

    /** DecodeBitMasks of the Arm ARM; 0 if the encoding is reserved. */
    static long bitmask(final int n, final int imms, final int immr) {
        final int length = 31 - Integer.numberOfLeadingZeros(n << 6 | ~imms & 63);
        if (length < 1) {
            return 0;
        }
        final int size = 1 << length;
        final int ones = imms & size - 1;
        final int rotation = immr & size - 1;
        if (ones == size - 1) {
            return 0;
        }
        final long element = (1L << ones + 1) - 1;
        long value = rotation == 0
                ? element
                : (element >>> rotation | element << size - rotation) & (size == 64 ? -1L : (1L << size) - 1);
        for (int have = size; have < 64; have <<= 1) {
            value |= value << have;
        }
        return value;
    }

    private static MicroOp moveWide(final int w, final int d) {
        final int shift = (w >>> 21 & 3) << 4;
        if (!wide(w) && shift >= 32) {
            return SystemOperations.undefined(w);
        }
        final long value = (long) (w >>> 5 & 0xffff) << shift;
        return switch (w >>> 29 & 3) {
            case 0 -> new MicroOp(Op.MOV_IMM, to(d), 0, 0, 0, 0, wide(w) ? ~value : ~value & LOW, w);
            case 2 -> new MicroOp(Op.MOV_IMM, to(d), 0, 0, 0, 0, value, w);
            case 3 -> new MicroOp(wide(w) ? Op.MOVK_X : Op.MOVK_W, to(d), d, 0, 0, shift, value, w);
            default -> SystemOperations.undefined(w);
        };
    }

    private static MicroOp bitfield(final int w, final int d, final int n) {
        final int immr = w >>> 16 & 63;
        final int imms = w >>> 10 & 63;
        final boolean x = wide(w);
        final int bits = x ? 64 : 32;
        if (x != ((w & 1 << 22) != 0) || !x && (immr | imms) > 31) {
            return SystemOperations.undefined(w);
        }
        final boolean extract = imms >= immr;
        final int width = extract ? imms - immr + 1 : imms + 1;
        final int low = extract ? 0 : bits - immr;
        final long mask = width == 64 ? -1L : (1L << width) - 1;
        return switch (w >>> 29 & 3) {
            case 0 -> {
                final int left = extract ? 63 - imms : 64 - width;
                final int right = extract ? 64 - width : 64 - width - low;
                yield new MicroOp(x ? Op.SBFM_X : Op.SBFM_W, to(d), n, 0, 0, right, left, w);
            }
            case 1 ->
                extract
                        ? new MicroOp(x ? Op.BFXIL_X : Op.BFXIL_W, to(d), n, d, 0, immr, mask, w)
                        : new MicroOp(x ? Op.BFI_X : Op.BFI_W, to(d), n, d, 0, low, mask, w);
            case 2 ->
                extract
                        ? new MicroOp(Op.UBFX, to(d), n, 0, 0, immr, mask, w)
                        : new MicroOp(Op.UBFIZ, to(d), n, 0, 0, low, mask, w);
            default -> SystemOperations.undefined(w);
        };
    }

    private static MicroOp extract(final int w, final int d, final int n) {
        final boolean x = wide(w);
        final int shift = w >>> 10 & 63;
        if ((w >>> 29 & 3) != 0 || (w & 1 << 21) != 0 || x != ((w & 1 << 22) != 0) || !x && shift > 31) {
            return SystemOperations.undefined(w);
        }
        return new MicroOp(
                Op.ALU2, to(d), n, w >>> 16 & 31, 0, x ? AluOperations.EXTR_X : AluOperations.EXTR_W, shift, w);
    }

    private static MicroOp branchOrSystem(final int w) {
        final long offset26 = (long) (w << 6) >> 4;
        final long offset19 = (long) (w << 8 >> 13) << 2;
        final long offset14 = (long) (w << 13 >> 18) << 2;
        final int t = w & 31;
        return switch (w >>> 29) {
            case 0 -> new MicroOp(Op.B, 0, 0, 0, 0, 0, offset26, w);
            case 4 -> new MicroOp(Op.BL, 30, 0, 0, 0, 0, offset26, w);
            case 1, 5 -> {
                if ((w & 1 << 25) != 0) {
                    final int kind = (w & 1 << 24) != 0 ? Op.TBNZ : Op.TBZ;
                    yield new MicroOp(kind, 0, t, 0, 0, w >>> 26 & 32 | w >>> 19 & 31, offset14, w);
                }
                final boolean not = (w & 1 << 24) != 0;
                final int kind = wide(w) ? not ? Op.CBNZ_X : Op.CBZ_X : not ? Op.CBNZ_W : Op.CBZ_W;
                yield new MicroOp(kind, 0, t, 0, 0, 0, offset19, w);
            }
            case 2 ->
                (w >>> 24 & 3) == 0 && (w & 1 << 4) == 0
                        ? new MicroOp(Op.B_COND, 0, 0, 0, w & 15, 0, offset19, w)
                        : SystemOperations.undefined(w);
            case 6 -> (w & 1 << 25) != 0 ? branchRegister(w) : SystemOperations.decode(w);
            default -> SystemOperations.undefined(w);
        };
    }

    private static MicroOp branchRegister(final int w) {
        final int n = w >>> 5 & 31;
        if ((w & 0x1f_fc1f) == 0x1f_0000) {
            switch (w >>> 21 & 15) {
                case 0, 2 -> {
                    return new MicroOp(Op.BR, 0, n, 0, 0, 0, 0, w);
                }
                case 1 -> {
                    return new MicroOp(Op.BLR, 30, n, 0, 0, 0, 0, w);
                }
                case 4 -> {
                    if (n == 31) {
                        return SystemOperations.eret(w);
                    }
                }
                default -> {}
            }
        }
        return SystemOperations.undefined(w);
    }

    private static MicroOp register(final int w) {
        final int d = w & 31;
        final int n = w >>> 5 & 31;
        final int m = w >>> 16 & 31;
        if ((w & 1 << 28) == 0) {
            if ((w & 1 << 24) == 0) {
                return logicalRegister(w, d, n, m);
            }
            return (w & 1 << 21) == 0 ? addShifted(w, d, n, m) : addExtended(w, d, n, m);
        }
        if ((w & 1 << 24) != 0) {
            return threeSources(w, d, n, m);
        }
        return switch (w >>> 21 & 7) {
            case 0 -> carryOrFlags(w, d, n, m);
            case 2 -> conditionalCompare(w, n, m);
            case 4 -> conditionalSelect(w, d, n, m);
            case 6 -> (w & 1 << 30) != 0 ? oneSource(w, d, n) : twoSources(w, d, n, m);
            default -> SystemOperations.undefined(w);
        };
    }

    private static MicroOp logicalRegister(final int w, final int d, final int n, final int m) {
        final boolean x = wide(w);
        final int amount = w >>> 10 & 63;
        final int type = w >>> 22 & 3;
        if (!x && amount > 31) {
            return SystemOperations.undefined(w);
        }
        final int operation = w >>> 28 & 6 | w >>> 21 & 1;
        if (type == 0) {
            final int kind = switch (operation) {
                case 0 -> x ? Op.AND_X : Op.AND_W;
                case 1 -> x ? Op.BIC_X : Op.BIC_W;
                case 2 -> n == 31 && amount == 0 ? x ? Op.MOV_X : Op.MOV_W : x ? Op.ORR_X : Op.ORR_W;
                case 3 -> x ? Op.ORN_X : Op.ORN_W;
                case 4 -> x ? Op.EOR_X : Op.EOR_W;
                case 6 -> x ? Op.ANDS_X : Op.ANDS_W;
                default -> -1;
            };
            if (kind >= 0) {
                return new MicroOp(kind, to(d), n, m, 0, amount, 0, w);
            }
        }
        return new MicroOp(
                Op.ALU_W_OR_X,
                to(d),
                n,
                m,
                0,
                AluOperations.LOGICAL | operation,
                AluOperations.operand(x, type, amount),
                w);
    }

    private static MicroOp addShifted(final int w, final int d, final int n, final int m) {
        final boolean x = wide(w);
        final int amount = w >>> 10 & 63;
        final int type = w >>> 22 & 3;
        if (!x && amount > 31 || type == 3) {
            return SystemOperations.undefined(w);
        }
        final int operation = w >>> 29 & 3;
        if (type == 0 && (operation != 1 || x)) {
            final int kind = switch (operation) {
                case 0 -> x ? Op.ADD_X : Op.ADD_W;
                case 1 -> Op.ADDS_X;
                case 2 -> x ? Op.SUB_X : Op.SUB_W;
                default -> x ? Op.SUBS_X : Op.SUBS_W;
            };
            return new MicroOp(kind, to(d), n, m, 0, amount, 0, w);
        }
        return new MicroOp(Op.ALU_W_OR_X, to(d), n, m, 0, operation, AluOperations.operand(x, type, amount), w);
    }

    private static MicroOp addExtended(final int w, final int d, final int n, final int m) {
        final int amount = w >>> 10 & 7;
        if (amount > 4 || (w >>> 22 & 3) != 0) {
            return SystemOperations.undefined(w);
        }
        final int option = w >>> 13 & 7;
        final int operation = w >>> 29 & 3;
        final boolean flags = (operation & 1) != 0;
        if (operation == 0 && wide(w)) {
            return new MicroOp(Op.ADD_EXT_X, sp(d), sp(n), m, 0, amount, option, w);
        }
        return new MicroOp(
                Op.ALU_W_OR_X,
                flags ? to(d) : sp(d),
                sp(n),
                m,
                0,
                operation,
                AluOperations.operand(wide(w), AluOperations.EXTENDED | option, amount),
                w);
    }

    private static MicroOp carryOrFlags(final int w, final int d, final int n, final int m) {
        if ((w & 0xfc00) != 0) {
            return SystemOperations.undefined(w);
        }
        final int operation = AluOperations.ADC + (w >>> 29 & 3) + (wide(w) ? AluOperations.WIDE : 0);
        return new MicroOp(Op.FLAGS, to(d), n, m, 0, operation, 0, w);
    }

    private static MicroOp conditionalCompare(final int w, final int n, final int m) {
        if ((w & 0x410) != 0 || (w & 1 << 29) == 0) {
            return SystemOperations.undefined(w);
        }
        final boolean literal = (w & 1 << 11) != 0;
        final int operation = ((w & 1 << 30) != 0 ? AluOperations.CCMP : AluOperations.CCMN)
                + (literal ? AluOperations.LITERAL : 0)
                + (wide(w) ? AluOperations.WIDE : 0);
        return new MicroOp(Op.FLAGS, SINK, n, m, w >>> 12 & 15, operation, w & 15, w);
    }

    private static MicroOp conditionalSelect(final int w, final int d, final int n, final int m) {
        final boolean x = wide(w);
        if ((w & 1 << 29) != 0 || (w & 1 << 11) != 0) {
            return SystemOperations.undefined(w);
        }
        final int kind = switch (w >>> 29 & 2 | w >>> 10 & 1) {
            case 0 -> x ? Op.CSEL_X : Op.CSEL_W;
            case 1 -> x ? Op.CSINC_X : Op.CSINC_W;
            case 2 -> x ? Op.CSINV_X : Op.CSINV_W;
            default -> x ? Op.CSNEG_X : Op.CSNEG_W;
        };
        return new MicroOp(kind, to(d), n, m, w >>> 12 & 15, 0, 0, w);
    }

    private static MicroOp twoSources(final int w, final int d, final int n, final int m) {
        final boolean x = wide(w);
        if ((w & 1 << 29) != 0) {
            return SystemOperations.undefined(w);
        }
        final int code = w >>> 10 & 63;
        if (code == 8) {
            return new MicroOp(x ? Op.LSLV_X : Op.LSLV_W, to(d), n, m, 0, 0, 0, w);
        }
        if (code == 9) {
            return new MicroOp(x ? Op.LSRV_X : Op.LSRV_W, to(d), n, m, 0, 0, 0, w);
        }
        final int operation = switch (code) {
            case 2 -> x ? AluOperations.UDIV_X : AluOperations.UDIV_W;
            case 3 -> x ? AluOperations.SDIV_X : AluOperations.SDIV_W;
            case 10 -> x ? AluOperations.ASRV_X : AluOperations.ASRV_W;
            case 11 -> x ? AluOperations.RORV_X : AluOperations.RORV_W;
            case 16, 17, 18, 20, 21, 22 -> x ? -1 : AluOperations.CRC32 + (code & 7);
            case 19, 23 -> x ? AluOperations.CRC32 + (code & 7) : -1;
            default -> -1;
        };
        return operation < 0 ? SystemOperations.undefined(w) : new MicroOp(Op.ALU2, to(d), n, m, 0, operation, 0, w);
    }

    private static MicroOp oneSource(final int w, final int d, final int n) {
        final boolean x = wide(w);
        if ((w & 1 << 29) != 0 || (w & 0x1f_0000) != 0) {
            return SystemOperations.undefined(w);
        }
        return switch (w >>> 10 & 63) {
            case 0 -> new MicroOp(Op.ALU2, to(d), n, 0, 0, x ? AluOperations.RBIT_X : AluOperations.RBIT_W, 0, w);
            case 1 -> new MicroOp(Op.ALU2, to(d), n, 0, 0, x ? AluOperations.REV16_X : AluOperations.REV16_W, 0, w);
            case 2 ->
                x
                        ? new MicroOp(Op.ALU2, to(d), n, 0, 0, AluOperations.REV32, 0, w)
                        : new MicroOp(Op.REV_W, to(d), n, 0, 0, 0, 0, w);
            case 3 -> x ? new MicroOp(Op.REV_X, to(d), n, 0, 0, 0, 0, w) : SystemOperations.undefined(w);
            case 4 -> new MicroOp(x ? Op.CLZ_X : Op.CLZ_W, to(d), n, 0, 0, 0, 0, w);
            case 5 -> new MicroOp(Op.ALU2, to(d), n, 0, 0, x ? AluOperations.CLS_X : AluOperations.CLS_W, 0, w);
            default -> SystemOperations.undefined(w);
        };
    }

    private static MicroOp threeSources(final int w, final int d, final int n, final int m) {
        final boolean x = wide(w);
        final int a = w >>> 10 & 31;
        if ((w >>> 29 & 3) != 0) {
            return SystemOperations.undefined(w);
        }
        final int code = w >>> 20 & 14 | w >>> 15 & 1;
        if (code > 1 && !x) {
            return SystemOperations.undefined(w);
        }
        return switch (code) {
            case 0 -> new MicroOp(x ? Op.MADD_X : Op.MADD_W, to(d), n, m, a, 0, 0, w);
            case 1 ->
                x
                        ? new MicroOp(Op.MSUB_X, to(d), n, m, a, 0, 0, w)
                        : new MicroOp(Op.ALU2, to(d), n, m, a, AluOperations.MSUB_W, 0, w);
            case 2 -> new MicroOp(Op.SMADDL, to(d), n, m, a, 0, 0, w);
            case 3 -> new MicroOp(Op.ALU2, to(d), n, m, a, AluOperations.SMSUBL, 0, w);
            case 4 -> new MicroOp(Op.ALU2, to(d), n, m, a, AluOperations.SMULH, 0, w);
            case 10 -> new MicroOp(Op.UMADDL, to(d), n, m, a, 0, 0, w);
            case 11 -> new MicroOp(Op.ALU2, to(d), n, m, a, AluOperations.UMSUBL, 0, w);
            case 12 -> new MicroOp(Op.ALU2, to(d), n, m, a, AluOperations.UMULH, 0, w);
            default -> SystemOperations.undefined(w);
        };
    }
}
