package dev.breakmake.engine.isa.a64;

import dev.breakmake.engine.pe.ProcessingElement;
import dev.breakmake.translation.event.WriteOrigin;
import org.jspecify.annotations.Nullable;

/**
 * Loads and stores of SIMD and floating-point registers: what hypervisors need to save and restore a guest's registers. Arithmetic on
 * them is not modelled.
 */
final class SimdMemory {

    private static final int LITERAL = 0;
    private static final int PAIR = 1;
    private static final int OFFSET = 2;
    private static final int UNSCALED = 3;
    private static final int POST = 4;
    private static final int PRE = 5;
    private static final int INDEXED = 6;

    private SimdMemory() {}

    /** The micro-operation of a load or store of a SIMD register, or null for forms that are not modelled. */
    static @Nullable MicroOp decode(final int w) {
        final int form;
        final int size;
        if ((w & 0x3f00_0000) == 0x1c00_0000) {
            form = LITERAL;
            size = (w >>> 30) + 2;
        } else if ((w & 0x3e00_0000) == 0x2c00_0000) {
            form = PAIR;
            size = (w >>> 30) + 2;
        } else if ((w & 0x3e00_0000) == 0x3c00_0000) {
            size = w >>> 30 | w >>> 21 & 4;
            form = single(w);
        } else {
            return null;
        }
        return form < 0 || size > 4 ? null : new MicroOp(Op.MEMORY, 0, 0, 0, form, MemoryOperations.SIMD, size, w);
    }

    private static int single(final int w) {
        if ((w & 1 << 24) != 0) {
            return OFFSET;
        }
        if ((w & 1 << 21) != 0) {
            return (w >>> 10 & 3) == 2 && (w & 1 << 14) != 0 ? INDEXED : -1;
        }
        return switch (w >>> 10 & 3) {
            case 0 -> UNSCALED;
            case 1 -> POST;
            case 3 -> PRE;
            default -> -1;
        };
    }

    static void execute(final ProcessingElement pe, final MicroOp op) {
        SystemOperations.checkSimdAccess(pe);
        final int w = op.word;
        final int size = 1 << (int) op.imm;
        final boolean load = op.a == LITERAL || (w & 1 << 22) != 0;
        final int n = Decoder.sp(w >>> 5 & 31);
        if (op.a == LITERAL) {
            transfer(pe, pe.pc + ((long) (w << 8 >> 13) << 2), size, w & 31, true);
            return;
        }
        final long base = pe.x[n];
        if (op.a == PAIR) {
            final long displacement = (long) (w << 10 >> 25) * size;
            final int mode = w >>> 23 & 3;
            final long address = mode == 1 ? base : base + displacement;
            transfer(pe, address, size, w & 31, load);
            transfer(pe, address + size, size, w >>> 10 & 31, load);
            if ((mode & 1) != 0) {
                pe.x[n] = base + displacement;
            }
            return;
        }
        final long unscaled = (long) w << 43 >> 55;
        final long address = switch (op.a) {
            case OFFSET -> base + (w >>> 10 & 0xfffL) * size;
            case POST -> base;
            case INDEXED ->
                base + AluOperations.extend(pe.x[w >>> 16 & 31], w >>> 13 & 7, (w & 1 << 12) != 0 ? (int) op.imm : 0);
            default -> base + unscaled;
        };
        transfer(pe, address, size, w & 31, load);
        if (op.a == POST || op.a == PRE) {
            pe.x[n] = base + unscaled;
        }
    }

    private static void transfer(
            final ProcessingElement pe, final long address, final int size, final int register, final boolean load) {
        final long[] v = pe.simd;
        final int low = register * 2;
        final int part = Math.min(size, 8);
        if (load) {
            final long first = pe.mmu.load(address, part);
            v[low + 1] = size == 16 ? pe.mmu.load(address + 8, 8) : 0;
            v[low] = first;
        } else {
            pe.mmu.store(address, part, v[low], WriteOrigin.STORE);
            if (size == 16) {
                pe.mmu.store(address + 8, 8, v[low + 1], WriteOrigin.STORE);
            }
        }
    }
}
