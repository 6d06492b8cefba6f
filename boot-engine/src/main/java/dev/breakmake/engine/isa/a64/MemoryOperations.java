package dev.breakmake.engine.isa.a64;

import dev.breakmake.engine.pe.GuestFault;
import dev.breakmake.engine.pe.Maintenance;
import dev.breakmake.engine.pe.Mmu;
import dev.breakmake.engine.pe.ProcessingElement;
import dev.breakmake.translation.event.WriteOrigin;

/**
 * Loads and stores that the interpreter's loop does not know: rare sizes and addressing modes, exclusives, ordered accesses, atomics.
 * The form is in {@link MicroOp#s}: log2 of the size in bits 1:0, then the flags below.
 */
final class MemoryOperations {

    static final int LOAD = 1 << 2;
    static final int SIGNED = 1 << 3;

    /** A signed load extends to 64 bits. */
    static final int WIDE = 1 << 4;

    static final int OFFSET = 0;
    static final int PRE = 1 << 5;
    static final int POST = 2 << 5;
    static final int INDEXED = 3 << 5;
    static final int LITERAL = 4 << 5;
    static final int UNPRIVILEGED = 5 << 5;
    static final int MODE = 7 << 5;

    static final int PAIR = 1 << 8;
    static final int EXCLUSIVE = 2 << 8;
    static final int EXCLUSIVE_PAIR = 3 << 8;
    static final int ORDERED = 4 << 8;
    static final int ATOMIC = 5 << 8;
    static final int SIMD = 6 << 8;
    static final int CLASS = 7 << 8;

    /** Atomics by number: LDADD, LDCLR, LDEOR, LDSET, LDSMAX, LDSMIN, LDUMAX, LDUMIN are 0 to 7. */
    static final int SWAP = 8;

    static final int CAS = 9;
    static final int CASP = 10;
    static final int LDAPR = 11;

    private static final long LOW = 0xffff_ffffL;

    private MemoryOperations() {}

    /** Whether the fields of the micro-operation name every register it reads or writes. */
    static boolean namesItsRegisters(final MicroOp op) {
        return (op.s & CLASS) != SIMD && (op.s & CLASS) != ATOMIC;
    }

    /** Executes one operation; {@code pe.pc} names it. */
    static void execute(final ProcessingElement pe, final MicroOp op) {
        switch (op.s & CLASS) {
            case PAIR -> pair(pe, op);
            case EXCLUSIVE -> exclusive(pe, op);
            case EXCLUSIVE_PAIR -> exclusivePair(pe, op);
            case ORDERED -> ordered(pe, op);
            case ATOMIC -> atomic(pe, op);
            case SIMD -> SimdMemory.execute(pe, op);
            default -> single(pe, op);
        }
    }

    private static void single(final ProcessingElement pe, final MicroOp op) {
        final long[] x = pe.x;
        final int mode = op.s & MODE;
        final long base = mode == LITERAL ? pe.pc : x[op.n];
        final long address = switch (mode) {
            case POST -> base;
            case INDEXED -> base + AluOperations.extend(x[op.m], op.a, (int) op.imm);
            default -> base + op.imm;
        };
        if (mode == UNPRIVILEGED && pe.el == 1) {
            pe.mmu.asLevel(0, () -> access(pe, op, address));
        } else {
            access(pe, op, address);
        }
        if (mode == PRE || mode == POST) {
            x[op.n] = base + op.imm;
        }
    }

    private static void access(final ProcessingElement pe, final MicroOp op, final long address) {
        final int size = 1 << (op.s & 3);
        if ((op.s & LOAD) != 0) {
            pe.x[op.d] = extend(load(pe.mmu, address, size), op.s);
        } else {
            pe.mmu.write(address, size, pe.x[op.d], WriteOrigin.STORE);
        }
    }

    private static long load(final Mmu mmu, final long address, final int size) {
        return switch (size) {
            case 1 -> mmu.load8(address);
            case 2 -> mmu.load16(address);
            case 4 -> mmu.load32(address);
            default -> mmu.load64(address);
        };
    }

    private static long extend(final long value, final int form) {
        if ((form & SIGNED) == 0) {
            return value;
        }
        final int shift = 64 - (8 << (form & 3));
        final long extended = value << shift >> shift;
        return (form & WIDE) != 0 ? extended : extended & LOW;
    }

    private static void pair(final ProcessingElement pe, final MicroOp op) {
        final long[] x = pe.x;
        final int mode = op.s & MODE;
        final int size = 1 << (op.s & 3);
        final long base = x[op.n];
        final long address = mode == POST ? base : base + op.imm;
        if ((op.s & LOAD) != 0) {
            final long first = extend(load(pe.mmu, address, size), op.s);
            x[op.a] = extend(load(pe.mmu, address + size, size), op.s);
            x[op.d] = first;
        } else {
            pe.mmu.write(address, size, x[op.d], WriteOrigin.STORE);
            pe.mmu.write(address + size, size, x[op.a], WriteOrigin.STORE);
        }
        if (mode == PRE || mode == POST) {
            x[op.n] = base + op.imm;
        }
    }

    private static void exclusive(final ProcessingElement pe, final MicroOp op) {
        final int size = 1 << (op.s & 3);
        final long address = pe.x[op.n];
        if ((op.s & LOAD) != 0) {
            pe.x[op.d] = Maintenance.loadExclusive(pe, address, size);
            return;
        }
        final boolean passes = Maintenance.exclusivePasses(pe, address, size);
        if (passes) {
            pe.mmu.write(address, size, pe.x[op.d], WriteOrigin.ATOMIC);
        }
        pe.x[op.m] = passes ? 0 : 1;
    }

    private static void exclusivePair(final ProcessingElement pe, final MicroOp op) {
        final long[] x = pe.x;
        final boolean doubleWords = (op.s & 3) == 3;
        final long address = x[op.n];
        if ((op.s & LOAD) != 0) {
            if (doubleWords) {
                Maintenance.checkAligned(address, 16, false);
                final long first = Maintenance.loadExclusive(pe, address, 8);
                x[op.a] = Maintenance.loadExclusiveHigh(pe, address);
                x[op.d] = first;
            } else {
                final long both = Maintenance.loadExclusive(pe, address, 8);
                x[op.d] = both & LOW;
                x[op.a] = both >>> 32;
            }
            return;
        }
        final boolean passes = Maintenance.exclusivePasses(pe, address, doubleWords ? 16 : 8);
        if (passes && doubleWords) {
            pe.mmu.store(address, 8, x[op.d], WriteOrigin.ATOMIC);
            pe.mmu.store(address + 8, 8, x[op.a], WriteOrigin.ATOMIC);
        } else if (passes) {
            pe.mmu.store(address, 8, x[op.d] & LOW | x[op.a] << 32, WriteOrigin.ATOMIC);
        }
        x[op.m] = passes ? 0 : 1;
    }

    private static void ordered(final ProcessingElement pe, final MicroOp op) {
        final int size = 1 << (op.s & 3);
        final long address = pe.x[op.n];
        final boolean load = (op.s & LOAD) != 0;
        Maintenance.checkAligned(address, size, !load);
        if (load) {
            pe.x[op.d] = pe.mmu.read(address, size);
        } else {
            pe.mmu.write(address, size, pe.x[op.d], WriteOrigin.STORE);
        }
    }

    private static void atomic(final ProcessingElement pe, final MicroOp op) {
        final long[] x = pe.x;
        final int size = 1 << (op.s & 3);
        final long address = x[op.n];
        final int operation = (int) op.imm;
        if (!pe.model().atomics()) {
            throw GuestFault.undefined();
        }
        if (operation == LDAPR) {
            Maintenance.checkAligned(address, size, false);
            x[op.d] = pe.mmu.load(address, size);
            return;
        }
        if (operation == CASP) {
            compareAndSwapPair(pe, op, size, address);
            return;
        }
        Maintenance.checkAligned(address, size, true);
        final long before = pe.mmu.load(address, size);
        final long mask = size == 8 ? -1L : (1L << (size << 3)) - 1;
        if (operation == CAS) {
            if (before == (x[op.m] & mask)) {
                pe.mmu.store(address, size, x[op.d], WriteOrigin.ATOMIC);
            }
            x[op.m == 31 ? ProcessingElement.SINK : op.m] = before;
            return;
        }
        pe.mmu.store(address, size, combine(operation, before, x[op.m], size, mask), WriteOrigin.ATOMIC);
        x[op.d] = before;
    }

    private static void compareAndSwapPair(
            final ProcessingElement pe, final MicroOp op, final int size, final long address) {
        final long[] x = pe.x;
        if ((op.m & 1) != 0 || (op.d & 1) != 0) {
            throw GuestFault.undefined();
        }
        Maintenance.checkAligned(address, size * 2, true);
        final long mask = size == 8 ? -1L : LOW;
        final long low = pe.mmu.load(address, size);
        final long high = pe.mmu.load(address + size, size);
        if (low == (x[op.m] & mask) && high == (x[op.m + 1] & mask)) {
            pe.mmu.store(address, size, x[op.d], WriteOrigin.ATOMIC);
            pe.mmu.store(address + size, size, x[op.d + 1], WriteOrigin.ATOMIC);
        }
        x[op.m] = low;
        x[op.m + 1 == 31 ? ProcessingElement.SINK : op.m + 1] = high;
    }

    private static long combine(
            final int operation, final long before, final long operand, final int size, final long mask) {
        final int shift = 64 - (size << 3);
        final long signedBefore = before << shift >> shift;
        final long signedOperand = operand << shift >> shift;
        final long unsigned = operand & mask;
        return switch (operation) {
            case 0 -> before + operand;
            case 1 -> before & ~operand;
            case 2 -> before ^ operand;
            case 3 -> before | operand;
            case 4 -> Math.max(signedBefore, signedOperand);
            case 5 -> Math.min(signedBefore, signedOperand);
            case 6 -> Long.compareUnsigned(before, unsigned) >= 0 ? before : unsigned;
            case 7 -> Long.compareUnsigned(before, unsigned) <= 0 ? before : unsigned;
            default -> operand;
        };
    }
}
