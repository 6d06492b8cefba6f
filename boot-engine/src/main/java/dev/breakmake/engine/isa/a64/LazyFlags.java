package dev.breakmake.engine.isa.a64;

import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;

import dev.breakmake.engine.pe.ProcessingElement;
import dev.breakmake.engine.translate.RegionFrame;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;

/**
 * Flags of translated code in lazy form: the operands and the kind of the operation that set them, in locals. NZCV itself is computed
 * when something asks for it.
 */
final class LazyFlags {

    private static final ClassDesc SUPPORT = ClassDesc.of(RegionSupport.class.getName());
    private static final ClassDesc LONG_BOX = ClassDesc.of("java.lang.Long");
    private static final int UNKNOWN = -1;

    private final CodeBuilder c;
    private final RegionFrame frame;
    private final int kind;
    private final int first;
    private final int second;

    /** Kind of the latest flag setter if known while assembling. */
    private int known = UNKNOWN;

    LazyFlags(final CodeBuilder c, final RegionFrame frame) {
        this.c = c;
        this.frame = frame;
        kind = c.allocateLocal(TypeKind.INT);
        first = c.allocateLocal(TypeKind.LONG);
        second = c.allocateLocal(TypeKind.LONG);
    }

    /** Takes the PE's flags. */
    void load() {
        c.iconst_0().istore(kind);
        c.aload(frame.pe).getfield(RegionFrame.PE, "nzcv", CD_int).i2l().lstore(first);
        c.lconst_0().lstore(second);
        known = UNKNOWN;
    }

    /** Gives the PE its flags. */
    void spill() {
        c.aload(frame.pe).iload(kind).lload(first).lload(second);
        c.invokestatic(SUPPORT, "flags", MethodTypeDesc.of(CD_int, CD_int, CD_long, CD_long));
        c.putfield(RegionFrame.PE, "nzcv", CD_int);
    }

    /** At a place that several others lead to. */
    void forget() {
        known = UNKNOWN;
    }

    /** Pops the operands of an addition or subtraction; sets flags and the destination. */
    void arithmetic(final int destination, final boolean subtract, final boolean wide) {
        operands(subtract, wide);
        if (destination != ProcessingElement.SINK) {
            c.lload(first).lload(second);
            if (subtract) {
                c.lsub();
            } else {
                c.ladd();
            }
            if (!wide) {
                c.loadConstant(0xffff_ffffL).land();
            }
            frame.set(destination);
        }
    }

    private void operands(final boolean subtract, final boolean wide) {
        if (!wide) {
            c.l2i().i2l();
        }
        c.lstore(second);
        if (!wide) {
            c.l2i().i2l();
        }
        c.lstore(first);
        kind(
                subtract
                        ? wide ? RegionSupport.SUB_X : RegionSupport.SUB_W
                        : wide ? RegionSupport.ADD_X : RegionSupport.ADD_W);
    }

    private void kind(final int which) {
        known = which;
        c.loadConstant(which).istore(kind);
    }

    /** Pops a logical result; sets flags and the destination. */
    void logic(final int destination, final boolean wide) {
        if (destination != ProcessingElement.SINK) {
            c.dup2();
            frame.set(destination);
        }
        if (!wide) {
            c.l2i().i2l();
        }
        c.lstore(first).lconst_0().lstore(second);
        kind(wide ? RegionSupport.LOGIC_X : RegionSupport.LOGIC_W);
    }

    /** Conditional compare: the comparison if the condition holds, else the flags of the instruction. */
    void compareIf(final MicroOp op, final boolean subtract, final boolean wide, final Runnable pushSecond) {
        final Label compare = c.newLabel();
        final Label done = c.newLabel();
        ifHolds(op.a, compare);
        c.loadConstant(op.imm).lstore(first).lconst_0().lstore(second);
        c.iconst_0().istore(kind);
        c.goto_(done);
        c.labelBinding(compare);
        frame.get(op.n);
        pushSecond.run();
        operands(subtract, wide);
        c.labelBinding(done);
        known = UNKNOWN;
    }

    /** Jumps to a label when the condition holds for the current flags. */
    void ifHolds(final int condition, final Label target) {
        if (condition >= 14) {
            c.goto_(target);
            return;
        }
        final boolean subtraction = known == RegionSupport.SUB_X || known == RegionSupport.SUB_W;
        final boolean logic = known == RegionSupport.LOGIC_X || known == RegionSupport.LOGIC_W;
        if (subtraction && (condition == 2 || condition == 3 || condition == 8 || condition == 9)) {
            c.lload(first).lload(second);
            c.invokestatic(LONG_BOX, "compareUnsigned", MethodTypeDesc.of(CD_int, CD_long, CD_long));
        } else if ((subtraction || logic) && (condition <= 1 || condition >= 10)) {
            c.lload(first).lload(second).lcmp();
        } else {
            c.loadConstant(condition);
            if (known == UNKNOWN) {
                c.iload(kind);
            } else {
                c.loadConstant(known);
            }
            c.lload(first).lload(second);
            c.invokestatic(SUPPORT, "holds", MethodTypeDesc.of(CD_boolean, CD_int, CD_int, CD_long, CD_long));
            c.ifne(target);
            return;
        }
        switch (condition) {
            case 0 -> c.ifeq(target);
            case 1 -> c.ifne(target);
            case 2, 10 -> c.ifge(target);
            case 3, 11 -> c.iflt(target);
            case 8, 12 -> c.ifgt(target);
            default -> c.ifle(target);
        }
    }
}
