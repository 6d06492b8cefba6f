package dev.breakmake.engine.isa.a64;

import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;

import dev.breakmake.engine.memory.Page;
import dev.breakmake.engine.pe.ProcessingElement;
import dev.breakmake.engine.translate.RegionFrame;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes the bytecode of one region: blocks, branches between them, and the instructions that stay inside. */
final class RegionAssembler {

    private static final ClassDesc SUPPORT = ClassDesc.of(RegionSupport.class.getName());
    private static final ClassDesc ALU = ClassDesc.of(AluOperations.class.getName());
    private static final ClassDesc OP = ClassDesc.of(MicroOp.class.getName());
    private static final long LOW = 0xffff_ffffL;
    private static final int PLACES = 1024;

    private final CodeBuilder c;
    private final RegionPlan plan;
    private final RegionFrame frame;
    private final LazyFlags flags;
    private final RegionMemory memory;
    private final Map<RegionPlan.Place, Label> labels = new HashMap<>();

    RegionAssembler(final CodeBuilder body, final ClassDesc self, final RegionPlan plan) {
        this.c = body;
        this.plan = plan;
        frame = new RegionFrame(body, self, 33, ProcessingElement.ZR, ProcessingElement.SINK);
        flags = new LazyFlags(body, frame);
        memory = new RegionMemory(body, frame);
    }

    /** Writes the method. */
    Object[] assemble() {
        final List<RegionPlan.Block> blocks = plan.blocks();
        for (final RegionPlan.Block block : blocks) {
            for (int i = 0; i < block.length(); i++) {
                useRegisters(plan.op(block.start().at() + i));
            }
        }
        frame.begin(-Page.SIZE);
        flags.load();
        memory.begin();
        frame.beginBody();
        c.goto_(label(plan.entry()));
        for (final RegionPlan.Block block : blocks) {
            block(block);
        }
        frame.finish(flags::spill);
        return frame.constants();
    }

    private void useRegisters(final MicroOp op) {
        if (op.kind == Op.SYSTEM || op.kind == Op.TPIDR) {
            frame.use(op.d);
            return;
        }
        frame.use(op.d);
        frame.use(op.n);
        frame.use(op.m);
        frame.use(op.a);
        if (op.kind == Op.BL || op.kind == Op.BLR) {
            frame.use(30);
        }
    }

    private Label label(final RegionPlan.Place place) {
        return labels.computeIfAbsent(place, each -> c.newLabel());
    }

    private void block(final RegionPlan.Block block) {
        final RegionPlan.Place start = block.start();
        final int length = block.length();
        c.labelBinding(label(start));
        frame.beginBlock(start.at(), length);
        flags.forget();
        for (int i = 0; i < length; i++) {
            final RegionPlan.Place place = new RegionPlan.Place(start.call(), start.at() + i);
            instruction(plan.op(place.at()), place, length - i);
        }
        final int last = plan.op(start.at() + length - 1).kind;
        if (RegionPlan.falls(last)) {
            final int page = start.at() + length - 1;
            jump(page, new RegionPlan.Place(start.call(), start.at() + length));
        }
    }

    /** Goes on at a place, within the region if it is there. */
    private void jump(final int from, final RegionPlan.Place to) {
        if (!plan.begins(to)) {
            frame.leaveTo(to.at());
            return;
        }
        if (Math.floorDiv(from, PLACES) != Math.floorDiv(to.at(), PLACES)) {
            frame.checkPage(to.at(), PLACES, plan.page(to.at()));
        }
        c.goto_(label(to));
    }

    private boolean direct(final int from, final RegionPlan.Place to) {
        return plan.begins(to) && Math.floorDiv(from, PLACES) == Math.floorDiv(to.at(), PLACES);
    }

    private void low() {
        c.loadConstant(LOW).land();
    }

    private void shifted(final MicroOp op) {
        frame.get(op.m);
        if (op.s != 0) {
            c.loadConstant(op.s).lshl();
        }
    }

    private void instruction(final MicroOp op, final RegionPlan.Place place, final int ahead) {
        final int at = place.at();
        switch (op.kind) {
            case Op.ADD_IMM_X -> {
                frame.get(op.n);
                c.loadConstant(op.imm).ladd();
                frame.set(op.d);
            }
            case Op.ADD_IMM_W -> {
                frame.get(op.n);
                c.loadConstant(op.imm).ladd();
                low();
                frame.set(op.d);
            }
            case Op.ADDS_IMM_X, Op.SUBS_IMM_X, Op.ADDS_IMM_W, Op.SUBS_IMM_W -> {
                frame.get(op.n);
                c.loadConstant(op.imm);
                flags.arithmetic(
                        op.d,
                        op.kind == Op.SUBS_IMM_X || op.kind == Op.SUBS_IMM_W,
                        op.kind == Op.ADDS_IMM_X || op.kind == Op.SUBS_IMM_X);
            }
            case Op.ADDS_X, Op.SUBS_X, Op.SUBS_W -> {
                frame.get(op.n);
                shifted(op);
                flags.arithmetic(op.d, op.kind != Op.ADDS_X, op.kind != Op.SUBS_W);
            }
            case Op.ANDS_IMM_X, Op.ANDS_IMM_W -> {
                frame.get(op.n);
                c.loadConstant(op.imm).land();
                flags.logic(op.d, op.kind == Op.ANDS_IMM_X);
            }
            case Op.ANDS_X, Op.ANDS_W -> {
                frame.get(op.n);
                shifted(op);
                c.land();
                if (op.kind == Op.ANDS_W) {
                    low();
                }
                flags.logic(op.d, op.kind == Op.ANDS_X);
            }
            case Op.CSEL_X, Op.CSEL_W, Op.CSINC_X, Op.CSINC_W, Op.CSINV_X, Op.CSINV_W, Op.CSNEG_X, Op.CSNEG_W ->
                select(op);
            case Op.ALU_W_OR_X -> general(op);
            case Op.FLAGS -> {
                if ((op.s & 7) >= AluOperations.CCMN) {
                    conditionalCompare(op);
                } else {
                    helper(op, at, ahead, true);
                }
            }
            case Op.NOP -> {}
            case Op.B -> jump(at, place.target(op));
            case Op.BL -> {
                frame.pcOf(at + 1);
                frame.set(30);
                jump(
                        at,
                        new RegionPlan.Place(
                                place.call().callee(at + 1), place.target(op).at()));
            }
            case Op.BR, Op.BLR -> indirect(op, place);
            case Op.B_COND, Op.CBZ_X, Op.CBNZ_X, Op.CBZ_W, Op.CBNZ_W, Op.TBZ, Op.TBNZ -> branch(op, place);
            case Op.TPIDR -> {
                c.aload(frame.pe);
                frame.pushWhere(at, ahead);
                c.invokestatic(
                        SUPPORT,
                        "threadPointer",
                        MethodTypeDesc.of(CD_long, RegionFrame.PE, CD_long, CD_long, CD_int, CD_int));
                frame.set(op.d);
            }
            case Op.DMB -> barrier("dmb", op.s, at, ahead);
            case Op.SYSTEM -> system(op, at, ahead);
            default -> {
                if (!memory.assemble(op, at, ahead)
                        && !SimpleOperations.assemble(c, op, at, frame::get, frame::set, frame.base)) {
                    helper(op, at, ahead, false);
                }
            }
        }
    }

    private void system(final MicroOp op, final int at, final int ahead) {
        switch (op.s) {
            case SystemOperations.DSB -> barrier("dsb", (int) op.imm, at, ahead);
            case SystemOperations.SYS -> {
                c.aload(frame.pe);
                frame.get(op.d);
                c.loadConstant((int) op.imm).loadConstant(op.word);
                frame.pushWhere(at, ahead);
                c.invokestatic(
                        SUPPORT,
                        "sys",
                        MethodTypeDesc.of(
                                CD_void, RegionFrame.PE, CD_long, CD_int, CD_int, CD_long, CD_long, CD_int, CD_int));
                frame.stopIfAsked(at, ahead);
            }
            case SystemOperations.MRS -> {
                c.aload(frame.pe).loadConstant((int) op.imm).loadConstant(op.word);
                frame.pushWhere(at, ahead);
                c.invokestatic(
                        SUPPORT,
                        "read",
                        MethodTypeDesc.of(CD_long, RegionFrame.PE, CD_int, CD_int, CD_long, CD_long, CD_int, CD_int));
                frame.set(op.d);
                frame.stopIfAsked(at, ahead);
            }
            default -> helper(op, at, ahead, false);
        }
    }

    private void barrier(final String name, final int form, final int at, final int ahead) {
        c.aload(frame.pe).loadConstant(form);
        frame.pushWhere(at, ahead);
        c.invokestatic(
                SUPPORT, name, MethodTypeDesc.of(CD_void, RegionFrame.PE, CD_int, CD_long, CD_long, CD_int, CD_int));
        frame.stopIfAsked(at, ahead);
    }

    private void select(final MicroOp op) {
        final Label yes = c.newLabel();
        final Label done = c.newLabel();
        flags.ifHolds(op.a, yes);
        frame.get(op.m);
        switch (op.kind) {
            case Op.CSINC_X, Op.CSINC_W -> c.lconst_1().ladd();
            case Op.CSINV_X, Op.CSINV_W -> c.loadConstant(-1L).lxor();
            case Op.CSNEG_X, Op.CSNEG_W -> c.lneg();
            default -> {}
        }
        c.lstore(frame.value).goto_(done);
        c.labelBinding(yes);
        frame.get(op.n);
        c.lstore(frame.value);
        c.labelBinding(done);
        c.lload(frame.value);
        if (op.kind == Op.CSEL_W || op.kind == Op.CSINC_W || op.kind == Op.CSINV_W || op.kind == Op.CSNEG_W) {
            low();
        }
        frame.set(op.d);
    }

    /** Addition, subtraction and logic with any second operand. */
    private void general(final MicroOp op) {
        final boolean wide = (op.imm & 1L << 10) != 0;
        frame.get(op.n);
        frame.get(op.m);
        c.loadConstant(op.imm);
        c.invokestatic(ALU, "second", MethodTypeDesc.of(CD_long, CD_long, CD_long));
        if ((op.s & AluOperations.LOGICAL) == 0) {
            final boolean subtract = (op.s & 2) != 0;
            if ((op.s & 1) != 0) {
                flags.arithmetic(op.d, subtract, wide);
                return;
            }
            if (subtract) {
                c.lsub();
            } else {
                c.ladd();
            }
        } else {
            if ((op.s & 1) != 0) {
                c.loadConstant(-1L).lxor();
            }
            switch (op.s >>> 1 & 3) {
                case 0, 3 -> c.land();
                case 1 -> c.lor();
                default -> c.lxor();
            }
            if ((op.s & 6) == 6) {
                if (!wide) {
                    low();
                }
                flags.logic(op.d, wide);
                return;
            }
        }
        if (!wide) {
            low();
        }
        frame.set(op.d);
    }

    private void conditionalCompare(final MicroOp op) {
        final boolean literal = (op.s & AluOperations.LITERAL) != 0;
        flags.compareIf(op, (op.s & 7) == AluOperations.CCMP, (op.s & AluOperations.WIDE) != 0, () -> {
            if (literal) {
                c.loadConstant((long) op.m);
            } else {
                frame.get(op.m);
            }
        });
    }

    /** Goes on where a return leads to the caller within the region, or another indirect branch where it led before; else leaves. */
    private void indirect(final MicroOp op, final RegionPlan.Place place) {
        final RegionPlan.Call caller = place.call().caller;
        frame.get(op.n);
        c.lstore(frame.leave);
        if (op.kind == Op.BLR) {
            frame.pcOf(place.at() + 1);
            frame.set(30);
        }
        final RegionPlan.Place expected = op.kind == Op.BR && op.n == 30
                ? caller == null ? null : new RegionPlan.Place(caller, place.call().returnTo)
                : plan.indirect(place, op);
        if (expected != null && plan.begins(expected)) {
            c.lload(frame.leave);
            frame.pcOf(expected.at());
            c.lcmp().ifne(frame.exit);
            jump(place.at(), expected);
        } else {
            c.goto_(frame.exit);
        }
    }

    private void branch(final MicroOp op, final RegionPlan.Place place) {
        final RegionPlan.Place target = place.target(op);
        final boolean direct = direct(place.at(), target);
        final Label taken = direct ? label(target) : c.newLabel();
        switch (op.kind) {
            case Op.B_COND -> flags.ifHolds(op.a, taken);
            case Op.CBZ_X, Op.CBNZ_X -> {
                frame.get(op.n);
                c.lconst_0().lcmp();
                zero(op.kind == Op.CBZ_X, taken);
            }
            case Op.CBZ_W, Op.CBNZ_W -> {
                frame.get(op.n);
                c.l2i();
                zero(op.kind == Op.CBZ_W, taken);
            }
            default -> {
                frame.get(op.n);
                c.loadConstant(1L << op.s).land().lconst_0().lcmp();
                zero(op.kind == Op.TBZ, taken);
            }
        }
        if (!direct) {
            final Label on = c.newLabel();
            c.goto_(on);
            c.labelBinding(taken);
            jump(place.at(), target);
            c.labelBinding(on);
        }
    }

    private void zero(final boolean whenZero, final Label target) {
        if (whenZero) {
            c.ifeq(target);
        } else {
            c.ifne(target);
        }
    }

    /** Executes an operation outside: the registers it names go to the PE and come back. */
    private void helper(final MicroOp op, final int at, final int ahead, final boolean withFlags) {
        final int[] touched = switch (op.kind) {
            case Op.SYSTEM -> new int[] {op.d};
            default -> new int[] {op.d, op.n, op.m, op.a};
        };
        for (final int register : touched) {
            frame.put(register);
        }
        if (withFlags) {
            flags.spill();
        }
        c.aload(frame.pe);
        frame.pushConstant(op);
        c.checkcast(OP);
        frame.pushWhere(at, ahead);
        c.invokestatic(
                SUPPORT, "execute", MethodTypeDesc.of(CD_void, RegionFrame.PE, OP, CD_long, CD_long, CD_int, CD_int));
        for (final int register : touched) {
            frame.take(register);
        }
        if (withFlags) {
            flags.load();
        }
        frame.stopIfAsked(at, ahead);
    }
}
