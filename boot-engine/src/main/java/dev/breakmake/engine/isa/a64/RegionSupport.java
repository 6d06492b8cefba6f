package dev.breakmake.engine.isa.a64;

import dev.breakmake.engine.pe.GuestFault;
import dev.breakmake.engine.pe.Maintenance;
import dev.breakmake.engine.pe.ProcessingElement;
import dev.breakmake.engine.pe.SystemRegister;
import dev.breakmake.engine.translate.MemoryAccess;
import dev.breakmake.translation.event.WriteOrigin;

/** What translated code calls: flags in their lazy form, exclusive and ordered accesses, operations it does not contain itself. */
final class RegionSupport {

    /** Lazy flags: the value itself, as NZCV. */
    static final int NZCV = 0;

    /** Lazy flags of {@code a - b}; the 32-bit kinds hold sign-extended operands. */
    static final int SUB_X = 1;

    static final int SUB_W = 2;
    static final int ADD_X = 3;
    static final int ADD_W = 4;

    /** Lazy flags of a logical result {@code a}. */
    static final int LOGIC_X = 5;

    static final int LOGIC_W = 6;

    private RegionSupport() {}

    /** NZCV of lazy flags. */
    static int flags(final int kind, final long a, final long b) {
        return switch (kind) {
            case SUB_X -> AluOperations.subFlags64(a, b, a - b);
            case SUB_W -> AluOperations.subFlags32((int) a, (int) b, (int) a - (int) b);
            case ADD_X -> AluOperations.addFlags64(a, b, a + b);
            case ADD_W -> AluOperations.addFlags32((int) a, (int) b, (int) a + (int) b);
            case LOGIC_X -> AluOperations.logicFlags64(a);
            case LOGIC_W -> AluOperations.logicFlags32((int) a);
            default -> (int) a;
        };
    }

    /** Whether a condition holds for lazy flags. */
    static boolean holds(final int condition, final int kind, final long a, final long b) {
        return AluOperations.holds(condition, flags(kind, a, b));
    }

    /** Reads TPIDR_EL2. */
    static long threadPointer(
            final ProcessingElement pe, final long base, final long end, final int left, final int where) {
        if (pe.el < 2) {
            MemoryAccess.at(pe, base, end, left, where);
            throw GuestFault.undefined();
        }
        return pe.system.get(SystemRegister.TPIDR_EL2);
    }

    /** A load-exclusive. */
    static long loadExclusive(
            final ProcessingElement pe,
            final long va,
            final int size,
            final long base,
            final long end,
            final int left,
            final int where) {
        MemoryAccess.at(pe, base, end, left, where);
        return Maintenance.loadExclusive(pe, va, size);
    }

    /** A store-exclusive: 0 if it passes, else 1. */
    static long storeExclusive(
            final ProcessingElement pe,
            final long va,
            final long value,
            final int size,
            final long base,
            final long end,
            final int left,
            final int where) {
        MemoryAccess.at(pe, base, end, left, where);
        if (!Maintenance.exclusivePasses(pe, va, size)) {
            return 1;
        }
        pe.mmu.write(va, size, value, WriteOrigin.ATOMIC);
        return 0;
    }

    /** A load-acquire. */
    static long loadOrdered(
            final ProcessingElement pe,
            final long va,
            final int size,
            final long base,
            final long end,
            final int left,
            final int where) {
        MemoryAccess.at(pe, base, end, left, where);
        Maintenance.checkAligned(va, size, false);
        return pe.mmu.read(va, size);
    }

    /** A store-release. */
    static void storeOrdered(
            final ProcessingElement pe,
            final long va,
            final long value,
            final int size,
            final long base,
            final long end,
            final int left,
            final int where) {
        MemoryAccess.at(pe, base, end, left, where);
        Maintenance.checkAligned(va, size, true);
        pe.mmu.write(va, size, value, WriteOrigin.STORE);
    }

    /** A DSB with CRm of its encoding. */
    static void dsb(
            final ProcessingElement pe,
            final int form,
            final long base,
            final long end,
            final int left,
            final int where) {
        MemoryAccess.at(pe, base, end, left, where);
        SystemOperations.dsb(pe, form);
    }

    /** A DMB with CRm of its encoding. */
    static void dmb(
            final ProcessingElement pe,
            final int form,
            final long base,
            final long end,
            final int left,
            final int where) {
        MemoryAccess.at(pe, base, end, left, where);
        SystemOperations.dmb(pe, form);
    }

    /** Maintenance, address translation or zeroing. */
    static void sys(
            final ProcessingElement pe,
            final long operand,
            final int key,
            final int word,
            final long base,
            final long end,
            final int left,
            final int where) {
        MemoryAccess.at(pe, base, end, left, where);
        SystemOperations.sys(pe, key, operand, word);
    }

    /** Reads a system register. */
    static long read(
            final ProcessingElement pe,
            final int key,
            final int word,
            final long base,
            final long end,
            final int left,
            final int where) {
        MemoryAccess.at(pe, base, end, left, where);
        return SystemOperations.read(pe, key, word);
    }

    /** An operation that works on the PE's registers; the caller has put them there. */
    static void execute(
            final ProcessingElement pe,
            final MicroOp op,
            final long base,
            final long end,
            final int left,
            final int where) {
        MemoryAccess.at(pe, base, end, left, where);
        switch (op.kind) {
            case Op.ALU2 -> AluOperations.other(pe, op);
            case Op.FLAGS -> AluOperations.flags(pe, op);
            case Op.MEMORY -> MemoryOperations.execute(pe, op);
            case Op.SYSTEM -> SystemOperations.execute(pe, op);
            default -> throw new IllegalStateException("micro-operation kind " + op.kind + " is translated");
        }
    }
}
