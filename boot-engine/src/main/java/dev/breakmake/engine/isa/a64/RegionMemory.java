package dev.breakmake.engine.isa.a64;

import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;

import dev.breakmake.engine.translate.RegionFrame;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;

/** Bytecode of loads and stores. */
final class RegionMemory {

    private static final ClassDesc SUPPORT = ClassDesc.of(RegionSupport.class.getName());
    private static final ClassDesc ALU = ClassDesc.of(AluOperations.class.getName());
    private static final int BOTH = MemoryOperations.SIGNED | MemoryOperations.WIDE;

    private final CodeBuilder c;
    private final RegionFrame frame;
    private final int firstOfPair;

    RegionMemory(final CodeBuilder c, final RegionFrame frame) {
        this.c = c;
        this.frame = frame;
        firstOfPair = c.allocateLocal(TypeKind.LONG);
    }

    /** Part of the region's entry. */
    void begin() {
        c.lconst_0().lstore(firstOfPair);
    }

    /**
     * Writes a load or store.
     *
     * @return false if the operation is none, or one that is better executed outside
     */
    boolean assemble(final MicroOp op, final int at, final int ahead) {
        final int form = form(op);
        if (form < 0) {
            return false;
        }
        switch (form & MemoryOperations.CLASS) {
            case 0 -> {
                if ((form & MemoryOperations.MODE) == MemoryOperations.UNPRIVILEGED) {
                    return false;
                }
                single(op, form, at, ahead);
            }
            case MemoryOperations.PAIR -> pair(op, form, at, ahead);
            case MemoryOperations.EXCLUSIVE -> exclusive(op, form, at, ahead);
            case MemoryOperations.ORDERED -> ordered(op, form, at, ahead);
            default -> {
                return false;
            }
        }
        return true;
    }

    /** The form of an operation as {@link MemoryOperations} describes it, or -1 if it is no load or store. */
    private static int form(final MicroOp op) {
        final int load = MemoryOperations.LOAD;
        return switch (op.kind) {
            case Op.MEMORY -> op.s;
            case Op.LDR_X -> load | 3;
            case Op.LDR_W -> load | 2;
            case Op.LDRH -> load | 1;
            case Op.LDRB -> load;
            case Op.LDRSW -> load | BOTH | 2;
            case Op.STR_X -> 3;
            case Op.STR_W -> 2;
            case Op.STRH -> 1;
            case Op.STRB -> 0;
            case Op.LDR_X_REG -> load | MemoryOperations.INDEXED | 3;
            case Op.LDR_W_REG -> load | MemoryOperations.INDEXED | 2;
            case Op.LDRB_REG -> load | MemoryOperations.INDEXED;
            case Op.STR_X_REG -> MemoryOperations.INDEXED | 3;
            case Op.STR_W_REG -> MemoryOperations.INDEXED | 2;
            case Op.STRB_REG -> MemoryOperations.INDEXED;
            case Op.LDR_X_POST -> load | MemoryOperations.POST | 3;
            case Op.STR_X_PRE -> MemoryOperations.PRE | 3;
            case Op.LDP_X -> MemoryOperations.PAIR | load | 3;
            case Op.STP_X -> MemoryOperations.PAIR | 3;
            case Op.LDP_X_PRE -> MemoryOperations.PAIR | MemoryOperations.PRE | load | 3;
            case Op.STP_X_PRE -> MemoryOperations.PAIR | MemoryOperations.PRE | 3;
            case Op.LDP_X_POST -> MemoryOperations.PAIR | MemoryOperations.POST | load | 3;
            case Op.STP_X_POST -> MemoryOperations.PAIR | MemoryOperations.POST | 3;
            default -> -1;
        };
    }

    private static boolean isLoad(final int form) {
        return (form & MemoryOperations.LOAD) != 0;
    }

    private void effective(final MicroOp op, final int form, final int at) {
        final int mode = form & MemoryOperations.MODE;
        if (mode == MemoryOperations.LITERAL) {
            frame.pcOf(at);
        } else {
            frame.get(op.n);
        }
        if (mode == MemoryOperations.INDEXED) {
            frame.get(op.m);
            if (op.kind == Op.MEMORY) {
                c.loadConstant(op.a).loadConstant((int) op.imm);
                c.invokestatic(ALU, "extend", MethodTypeDesc.of(CD_long, CD_long, CD_int, CD_int));
            } else if (op.s != 0) {
                c.loadConstant(op.s).lshl();
            }
            c.ladd();
        } else if (mode != MemoryOperations.POST && op.imm != 0) {
            c.loadConstant(op.imm).ladd();
        }
        c.lstore(frame.address);
    }

    private void writeBack(final MicroOp op, final int form) {
        final int mode = form & MemoryOperations.MODE;
        if (mode == MemoryOperations.PRE || mode == MemoryOperations.POST) {
            c.lload(frame.address);
            if (mode == MemoryOperations.POST) {
                c.loadConstant(op.imm).ladd();
            }
            frame.set(op.n);
        }
    }

    private void extend(final int form) {
        if ((form & MemoryOperations.SIGNED) == 0) {
            return;
        }
        final int shift = 64 - (8 << (form & 3));
        c.loadConstant(shift).lshl().loadConstant(shift).lshr();
        if ((form & MemoryOperations.WIDE) == 0) {
            c.loadConstant(0xffff_ffffL).land();
        }
    }

    private void single(final MicroOp op, final int form, final int at, final int ahead) {
        final int size = 1 << (form & 3);
        effective(op, form, at);
        if (isLoad(form)) {
            frame.load(at, ahead, size);
            c.lload(frame.value);
            extend(form);
            frame.set(op.d);
        } else {
            frame.store(at, ahead, size, () -> frame.get(op.d));
        }
        writeBack(op, form);
        frame.stopIfAsked(at, ahead);
    }

    private void pair(final MicroOp op, final int form, final int at, final int ahead) {
        final int size = 1 << (form & 3);
        effective(op, form, at);
        if (isLoad(form)) {
            frame.load(at, ahead, size);
            c.lload(frame.value).lstore(firstOfPair);
            move(size);
            frame.load(at, ahead, size);
            move(-size);
            c.lload(frame.value);
            extend(form);
            frame.set(op.a);
            c.lload(firstOfPair);
            extend(form);
            frame.set(op.d);
        } else {
            frame.store(at, ahead, size, () -> frame.get(op.d));
            move(size);
            frame.store(at, ahead, size, () -> frame.get(op.a));
            move(-size);
        }
        writeBack(op, form);
        frame.stopIfAsked(at, ahead);
    }

    private void move(final int bytes) {
        c.lload(frame.address).loadConstant((long) bytes).ladd().lstore(frame.address);
    }

    private void exclusive(final MicroOp op, final int form, final int at, final int ahead) {
        final int size = 1 << (form & 3);
        c.aload(frame.pe);
        frame.get(op.n);
        if (isLoad(form)) {
            outside("loadExclusive", CD_long, size, at, ahead);
            frame.set(op.d);
        } else {
            frame.get(op.d);
            outside("storeExclusive", CD_long, size, at, ahead);
            frame.set(op.m);
        }
        frame.stopIfAsked(at, ahead);
    }

    private void ordered(final MicroOp op, final int form, final int at, final int ahead) {
        final int size = 1 << (form & 3);
        c.aload(frame.pe);
        frame.get(op.n);
        if (isLoad(form)) {
            outside("loadOrdered", CD_long, size, at, ahead);
            frame.set(op.d);
        } else {
            frame.get(op.d);
            outside("storeOrdered", CD_void, size, at, ahead);
        }
        frame.stopIfAsked(at, ahead);
    }

    /** Calls a helper with PE and address, and the value of a store, on the stack. */
    private void outside(final String name, final ClassDesc result, final int size, final int at, final int ahead) {
        c.loadConstant(size);
        frame.pushWhere(at, ahead);
        c.invokestatic(
                SUPPORT,
                name,
                name.startsWith("load")
                        ? MethodTypeDesc.of(result, RegionFrame.PE, CD_long, CD_int, CD_long, CD_long, CD_int, CD_int)
                        : MethodTypeDesc.of(
                                result, RegionFrame.PE, CD_long, CD_long, CD_int, CD_long, CD_long, CD_int, CD_int));
    }
}
