package dev.breakmake.engine.isa.a64;

import static dev.breakmake.engine.isa.a64.Decoder.sp;
import static dev.breakmake.engine.isa.a64.Decoder.to;

/** Decodes loads and stores (Arm ARM C4.1.94). */
final class LoadStoreDecoder {

    private LoadStoreDecoder() {}

    static MicroOp decode(final int w) {
        if ((w & 0x3f00_0000) == 0x0800_0000) {
            return exclusive(w);
        }
        if ((w & 1 << 26) != 0) {
            final MicroOp simd = SimdMemory.decode(w);
            return simd == null ? SystemOperations.simd(w) : simd;
        }
        if ((w & 0x3b00_0000) == 0x1800_0000) {
            return literal(w);
        }
        if ((w & 0x3a00_0000) == 0x2800_0000) {
            return pair(w);
        }
        if ((w & 0x3a00_0000) == 0x3800_0000) {
            return single(w);
        }
        return SystemOperations.undefined(w);
    }

    private static MicroOp literal(final int w) {
        final long offset = (long) (w << 8 >> 13) << 2;
        final int t = w & 31;
        return switch (w >>> 30) {
            case 0 -> memory(w, to(t), 0, 0, 0, MemoryOperations.LOAD | MemoryOperations.LITERAL | 2, offset);
            case 1 -> memory(w, to(t), 0, 0, 0, MemoryOperations.LOAD | MemoryOperations.LITERAL | 3, offset);
            case 2 ->
                memory(
                        w,
                        to(t),
                        0,
                        0,
                        0,
                        MemoryOperations.LOAD
                                | MemoryOperations.LITERAL
                                | MemoryOperations.SIGNED
                                | MemoryOperations.WIDE
                                | 2,
                        offset);
            default -> new MicroOp(Op.NOP, 0, 0, 0, 0, 0, 0, w);
        };
    }

    private static MicroOp memory(
            final int w, final int d, final int n, final int m, final int a, final int s, final long imm) {
        return new MicroOp(Op.MEMORY, d, n, m, a, s, imm, w);
    }

    private static MicroOp pair(final int w) {
        final int opc = w >>> 30;
        final boolean load = (w & 1 << 22) != 0;
        final int mode = w >>> 23 & 3;
        final boolean signed = opc == 1;
        if (opc == 3 || signed && (!load || mode == 0)) {
            return SystemOperations.undefined(w);
        }
        final int size = opc == 2 ? 3 : 2;
        final long imm = (long) (w << 10 >> 25) << size;
        final int n = sp(w >>> 5 & 31);
        final int t = w & 31;
        final int t2 = w >>> 10 & 31;
        if (size == 3) {
            final int kind = switch (mode) {
                case 1 -> load ? Op.LDP_X_POST : Op.STP_X_POST;
                case 3 -> load ? Op.LDP_X_PRE : Op.STP_X_PRE;
                default -> load ? Op.LDP_X : Op.STP_X;
            };
            return new MicroOp(kind, load ? to(t) : t, n, 0, load ? to(t2) : t2, 0, imm, w);
        }
        final int addressing =
                mode == 1 ? MemoryOperations.POST : mode == 3 ? MemoryOperations.PRE : MemoryOperations.OFFSET;
        final int form = MemoryOperations.PAIR
                | addressing
                | size
                | (load ? MemoryOperations.LOAD : 0)
                | (signed ? MemoryOperations.SIGNED | MemoryOperations.WIDE : 0);
        return memory(w, load ? to(t) : t, n, 0, load ? to(t2) : t2, form, imm);
    }

    private static MicroOp single(final int w) {
        final int size = w >>> 30;
        final int opc = w >>> 22 & 3;
        final int n = sp(w >>> 5 & 31);
        final int t = w & 31;
        if ((w & 1 << 24) == 0 && (w & 1 << 21) != 0 && (w >>> 10 & 3) != 2) {
            return (w >>> 10 & 3) == 0 ? atomic(w, size, n, t) : SystemOperations.undefined(w);
        }
        final boolean prefetch = size == 3 && opc == 2;
        final boolean load = opc != 0;
        final boolean signed = opc >= 2;
        if (size == 3 && opc == 3 || size == 2 && opc == 3) {
            return SystemOperations.undefined(w);
        }
        final int form = size
                | (load ? MemoryOperations.LOAD : 0)
                | (signed ? MemoryOperations.SIGNED : 0)
                | (opc == 2 ? MemoryOperations.WIDE : 0);
        final int d = load ? to(t) : t;
        if ((w & 1 << 24) != 0) {
            final long imm = (long) (w >>> 10 & 0xfff) << size;
            return prefetch ? nop(w) : offset(w, form, d, n, imm);
        }
        final long imm = (long) w << 43 >> 55;
        if ((w & 1 << 21) != 0) {
            return prefetch ? nop(w) : indexed(w, form, d, n);
        }
        return switch (w >>> 10 & 3) {
            case 0 -> prefetch ? nop(w) : offset(w, form, d, n, imm);
            case 1 ->
                prefetch
                        ? SystemOperations.undefined(w)
                        : form == (MemoryOperations.LOAD | 3)
                                ? new MicroOp(Op.LDR_X_POST, d, n, 0, 0, 0, imm, w)
                                : memory(w, d, n, 0, 0, form | MemoryOperations.POST, imm);
            case 2 ->
                prefetch
                        ? SystemOperations.undefined(w)
                        : memory(w, d, n, 0, 0, form | MemoryOperations.UNPRIVILEGED, imm);
            default ->
                prefetch
                        ? SystemOperations.undefined(w)
                        : form == 3
                                ? new MicroOp(Op.STR_X_PRE, d, n, 0, 0, 0, imm, w)
                                : memory(w, d, n, 0, 0, form | MemoryOperations.PRE, imm);
        };
    }

    private static MicroOp nop(final int w) {
        return new MicroOp(Op.NOP, 0, 0, 0, 0, 0, 0, w);
    }

    private static MicroOp offset(final int w, final int form, final int d, final int n, final long imm) {
        final int kind = switch (form) {
            case 0 -> Op.STRB;
            case 1 -> Op.STRH;
            case 2 -> Op.STR_W;
            case 3 -> Op.STR_X;
            case MemoryOperations.LOAD -> Op.LDRB;
            case MemoryOperations.LOAD | 1 -> Op.LDRH;
            case MemoryOperations.LOAD | 2 -> Op.LDR_W;
            case MemoryOperations.LOAD | 3 -> Op.LDR_X;
            case MemoryOperations.LOAD | MemoryOperations.SIGNED | MemoryOperations.WIDE | 2 -> Op.LDRSW;
            default -> -1;
        };
        return kind >= 0
                ? new MicroOp(kind, d, n, 0, 0, 0, imm, w)
                : memory(w, d, n, 0, 0, form | MemoryOperations.OFFSET, imm);
    }

    private static MicroOp indexed(final int w, final int form, final int d, final int n) {
        final int option = w >>> 13 & 7;
        if ((option & 2) == 0) {
            return SystemOperations.undefined(w);
        }
        final int m = w >>> 16 & 31;
        final int shift = (w & 1 << 12) != 0 ? w >>> 30 : 0;
        if (option == 3 || option == 7) {
            final int kind = switch (form) {
                case 0 -> Op.STRB_REG;
                case 2 -> Op.STR_W_REG;
                case 3 -> Op.STR_X_REG;
                case MemoryOperations.LOAD -> Op.LDRB_REG;
                case MemoryOperations.LOAD | 2 -> Op.LDR_W_REG;
                case MemoryOperations.LOAD | 3 -> Op.LDR_X_REG;
                default -> -1;
            };
            if (kind >= 0) {
                return new MicroOp(kind, d, n, m, 0, shift, 0, w);
            }
        }
        return memory(w, d, n, m, option, form | MemoryOperations.INDEXED, shift);
    }

    private static MicroOp atomic(final int w, final int size, final int n, final int t) {
        final int opc = w >>> 12 & 7;
        final boolean o3 = (w & 1 << 15) != 0;
        final int source = w >>> 16 & 31;
        if (o3 && opc == 4 && (w >>> 22 & 3) == 2 && source == 31) {
            return memory(
                    w, to(t), n, 0, 0, MemoryOperations.ATOMIC | size | MemoryOperations.LOAD, MemoryOperations.LDAPR);
        }
        if (o3 && opc != 0) {
            return SystemOperations.undefined(w);
        }
        return memory(w, to(t), n, source, 0, MemoryOperations.ATOMIC | size, o3 ? MemoryOperations.SWAP : opc);
    }

    private static MicroOp exclusive(final int w) {
        final int size = w >>> 30;
        final boolean o2 = (w & 1 << 23) != 0;
        final boolean load = (w & 1 << 22) != 0;
        final boolean o1 = (w & 1 << 21) != 0;
        final int status = w >>> 16 & 31;
        final int t2 = w >>> 10 & 31;
        final int t = w & 31;
        final int n = sp(w >>> 5 & 31);
        final int flags = load ? MemoryOperations.LOAD : 0;
        if (!o2 && !o1) {
            return memory(w, load ? to(t) : t, n, to(status), 0, MemoryOperations.EXCLUSIVE | flags | size, 0);
        }
        if (!o2) {
            if (size < 2) {
                if (t2 != 31) {
                    return SystemOperations.undefined(w);
                }
                return memory(w, t, n, status, 0, MemoryOperations.ATOMIC | size + 2, MemoryOperations.CASP);
            }
            return memory(
                    w,
                    load ? to(t) : t,
                    n,
                    to(status),
                    load ? to(t2) : t2,
                    MemoryOperations.EXCLUSIVE_PAIR | flags | size,
                    0);
        }
        if (!o1) {
            return memory(w, load ? to(t) : t, n, 0, 0, MemoryOperations.ORDERED | flags | size, 0);
        }
        return t2 == 31
                ? memory(w, t, n, status, 0, MemoryOperations.ATOMIC | size, MemoryOperations.CAS)
                : SystemOperations.undefined(w);
    }
}
