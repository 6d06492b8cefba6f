package dev.breakmake.engine.isa.a64;

import dev.breakmake.engine.pe.ProcessingElement;
import dev.breakmake.translation.event.WriteOrigin;

/** What translated code calls: the slow paths of memory accesses, flags in their lazy form, operations it does not contain itself. */
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

    /** A load that missed the software TLB. */
    static long load(final ProcessingElement pe, final long va, final int size, final long pc, final long count) {
        pe.pc = pc;
        pe.instructions = count;
        return pe.mmu.load(va, size);
    }

    /** A store that missed the software TLB. */
    static void store(
            final ProcessingElement pe,
            final long va,
            final long value,
            final int size,
            final long pc,
            final long count) {
        pe.pc = pc;
        pe.instructions = count;
        pe.mmu.store(va, size, value, WriteOrigin.STORE);
    }

    /** A load pair whose base is one of its destinations. */
    private static void pair(final ProcessingElement pe, final MicroOp op) {
        final long base = pe.x[op.n];
        final long va = op.kind == Op.LDP_X_POST ? base : base + op.imm;
        final long first = pe.mmu.load64(va);
        pe.x[op.a] = pe.mmu.load64(va + 8);
        pe.x[op.d] = first;
        if (op.kind != Op.LDP_X) {
            pe.x[op.n] = op.kind == Op.LDP_X_POST ? base + op.imm : va;
        }
    }

    /** An operation that works on the PE's registers; the caller has put them there. */
    static void execute(final ProcessingElement pe, final MicroOp op, final long pc, final long count) {
        pe.pc = pc;
        pe.instructions = count;
        switch (op.kind) {
            case Op.ALU_W_OR_X -> AluOperations.alu(pe, op);
            case Op.ALU2 -> AluOperations.other(pe, op);
            case Op.FLAGS -> AluOperations.flags(pe, op);
            case Op.MEMORY -> MemoryOperations.execute(pe, op);
            case Op.TPIDR -> pe.x[op.d] = pe.system.read((int) op.imm);
            case Op.DMB -> SystemOperations.dmb(pe, op.s);
            case Op.SYSTEM -> SystemOperations.execute(pe, op);
            default -> pair(pe, op);
        }
    }
}
