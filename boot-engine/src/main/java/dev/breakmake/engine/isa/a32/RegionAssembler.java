package dev.breakmake.engine.isa.a32;

import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;

import dev.breakmake.engine.isa.SharedCode;
import dev.breakmake.engine.translate.RegionLoader;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes the bytecode of one region: blocks, the branches between them, and the ways out. */
final class RegionAssembler {

    private static final ClassDesc SELF = RegionLoader.name(MethodHandles.lookup());
    private static final ClassDesc THROWABLE = ClassDesc.of("java.lang.Throwable");
    private static final MethodTypeDesc EXECUTE =
            MethodTypeDesc.of(CD_void, Frame.STATE, Frame.PAGE, CD_int, CD_int, CD_long);
    private static final MethodTypeDesc EXCHANGE = MethodTypeDesc.of(CD_void, Frame.STATE, CD_int, CD_int, CD_long);
    private static final MethodTypeDesc MAPPED = MethodTypeDesc.of(CD_boolean, Frame.TLB, CD_int, Frame.PAGE);

    private final CodeBuilder c;
    private final RegionFinder.Blocks blocks;

    /** Number of each page in the region's list. */
    private final Map<Integer, Integer> pageNumbers;

    private final Frame f;
    private final DataAssembler data;
    private final MemoryAssembler memory;
    private final CallAssembler calls;
    private final Map<Integer, Label> labels = new HashMap<>();
    private final Label exit;
    private final Label before;
    private final Label dispatch;

    /** Instructions from the current one to the end of its block; the count local already includes them. */
    private int ahead;

    RegionAssembler(final CodeBuilder body, final RegionFinder.Blocks blocks, final Map<Integer, Integer> pageNumbers) {
        this.c = body;
        this.blocks = blocks;
        this.pageNumbers = pageNumbers;
        this.f = new Frame(body, blocks);
        this.data = new DataAssembler(f);
        this.memory = new MemoryAssembler(f, data);
        this.calls = new CallAssembler(f);
        this.exit = c.newLabel();
        this.before = c.newLabel();
        this.dispatch = c.newLabel();
    }

    void assemble() {
        f.enter();
        final Label from = c.newBoundLabel();
        c.goto_(label(blocks.entry()));
        for (final int start : blocks.starts()) {
            block(start);
        }
        // Where an instruction could not be executed here: its place and the instructions not executed are on the
        // stack.
        c.labelBinding(before);
        c.i2l().lload(f.count).dup2_x2().pop2().lsub().lstore(f.count);
        c.iload(f.base).iadd().istore(f.leave).goto_(exit);
        dispatch();
        final Label to = c.newBoundLabel();
        final Label handler = c.newBoundLabel();
        c.exceptionCatch(from, to, handler, THROWABLE);
        f.spillAll();
        c.athrow();
        c.labelBinding(exit);
        f.spillAll();
        f.leave();
        c.return_();
    }

    private Label label(final int start) {
        return labels.computeIfAbsent(start, each -> c.newLabel());
    }

    private void block(final int start) {
        c.labelBinding(label(start));
        data.forgetFlags();
        final int length = blocks.length(start);
        final Label enough = c.newLabel();
        c.lload(f.count)
                .loadConstant((long) length)
                .ladd()
                .dup2()
                .lload(f.limit)
                .lcmp()
                .ifle(enough);
        c.pop2();
        leaveTo(start);
        c.labelBinding(enough);
        c.lstore(f.count);
        boolean open = true;
        for (int place = start; place < start + length; place++) {
            ahead = length - (place - start);
            final Instruction i = instruction(place);
            open = conditional(i, place);
        }
        if (open) {
            jump(start + length, RegionFinder.pageOf(start + length - 1));
        }
    }

    private Instruction instruction(final int place) {
        final Instruction i = blocks.members().get(place);
        if (i == null) {
            throw new IllegalStateException("no instruction at place " + place);
        }
        return i;
    }

    /** Whether control may go on behind the instruction. */
    private boolean conditional(final Instruction i, final int place) {
        if (i.condition >= 14) {
            instruction(i, place);
            return !Shape.endsBlock(i);
        }
        final Label skip = c.newLabel();
        data.unless(i.condition, skip);
        instruction(i, place);
        c.labelBinding(skip);
        if (Shape.setsFlags(i)) {
            data.forgetFlags();
        }
        return true;
    }

    private void instruction(final Instruction i, final int place) {
        switch (i.operation) {
            case NOP, PRELOAD -> {}
            case MOVW -> {
                c.loadConstant(i.immediate);
                f.set(i.d);
            }
            case MOVT -> {
                f.get(i.d, place);
                c.loadConstant(0xffff).iand().loadConstant(i.immediate << 16).ior();
                f.set(i.d);
            }
            case TST, TEQ, CMP, CMN -> data.withFlags(i, place);
            case AND, EOR, SUB, RSB, ADD, ADC, SBC, RSC, ORR, MOV, BIC, MVN -> dataProcessing(i, place);
            case LDR, LDRB, LDRH, LDRSB, LDRSH -> {
                if (i.d == 15) {
                    final Label miss = c.newLabel();
                    memory.branch(i, place, miss);
                    afterAccess(miss, place, true, null);
                } else {
                    memory.load(i, place, () -> pushWhere(place), () -> stopIfAsked(place));
                }
            }
            case STR, STRB, STRH -> memory.store(i, place, () -> pushWhere(place), () -> stopIfAsked(place));
            case LDRD, STRD -> {
                final Label miss = c.newLabel();
                memory.pair(i, place, miss);
                afterAccess(miss, place, false, i);
            }
            case LDM, STM -> {
                final Label miss = c.newLabel();
                memory.block(i, place, miss);
                afterAccess(miss, place, i.operation == Operation.LDM && (i.opcode & 1 << 15) != 0, null);
            }
            case B -> jump(RegionFinder.target(place, i), RegionFinder.pageOf(place));
            case BL -> {
                link(place);
                jump(RegionFinder.target(place, i), RegionFinder.pageOf(place));
            }
            case BX, BLX -> {
                f.get(i.m, place);
                c.istore(f.value);
                exchange(place, i.operation == Operation.BLX);
            }
            default -> {
                if (Shape.isDirect(i)) {
                    data.direct(i, place);
                } else if (calls.assemble(i, place, () -> pushWhere(place))) {
                    stopIfAsked(place);
                } else {
                    outside(i, place);
                }
            }
        }
    }

    private void dataProcessing(final Instruction i, final int place) {
        if (i.setFlags) {
            data.withFlags(i, place);
            return;
        }
        data.result(i, place);
        if (i.d == 15) {
            c.istore(f.value);
            exchange(place, false);
        } else {
            f.set(i.d);
        }
    }

    /** What happens to an access that missed the software TLB: executed outside if it is given, else the region is left before it. */
    private void afterAccess(
            final Label miss, final int place, final boolean branches, final @Nullable Instruction outside) {
        final Label done = c.newLabel();
        if (branches) {
            exchange(place, false);
        } else {
            c.goto_(done);
        }
        c.labelBinding(miss);
        if (outside == null) {
            giveUp(place);
        } else {
            outside(outside, place);
        }
        c.labelBinding(done);
    }

    /** Leaves before the instruction. */
    private void giveUp(final int place) {
        c.loadConstant(place << 2).loadConstant(ahead).goto_(before);
    }

    /** Pushes the address of a place and the count of instructions before it. */
    private void pushWhere(final int place) {
        f.pushAddress(place);
        countBefore();
    }

    /** Pushes the count of instructions before the current one. */
    private void countBefore() {
        c.lload(f.count).loadConstant((long) ahead).lsub();
    }

    private void link(final int place) {
        f.pushAddress(place + 1);
        f.set(14);
    }

    /** Continues at the address in the value local; one that selects T32 ends as the interpreter ends it. */
    private void exchange(final int place, final boolean link) {
        if (link) {
            link(place);
        }
        final Label wide = c.newLabel();
        c.iload(f.value).iconst_1().iand().ifeq(wide);
        c.aload(Frame.STATE_LOCAL).iload(f.value);
        pushWhere(place);
        f.support("exchange", EXCHANGE);
        c.labelBinding(wide);
        c.iload(f.value).loadConstant(-4).iand().istore(f.leave);
        c.goto_(dispatch);
    }

    /** Goes to a place, which is in another page perhaps. */
    private void jump(final int target, final int fromPage) {
        if (!blocks.begins(target)) {
            leaveTo(target);
            return;
        }
        final int page = RegionFinder.pageOf(target);
        if (page != fromPage) {
            enterPage(target, page);
        }
        c.goto_(label(target));
    }

    /** Leaves unless the code at a place is still what was translated. */
    private void enterPage(final int target, final int page) {
        final Label same = c.newLabel();
        c.aload(f.tlb);
        f.pushAddress(target);
        pushPage(page);
        f.support("mapped", MAPPED);
        c.ifne(same);
        leaveTo(target);
        c.labelBinding(same);
    }

    private void pushPage(final int page) {
        final Integer number = pageNumbers.get(page);
        if (number == null) {
            throw new IllegalStateException("page " + page + " is not part of the region");
        }
        c.aload(0)
                .getfield(SELF, RegionLoader.CONSTANTS, CD_Object.arrayType())
                .loadConstant(number)
                .aaload()
                .checkcast(Frame.PAGE);
    }

    /** Returns to places behind calls of this region go on in it; every other address leaves. */
    private void dispatch() {
        c.labelBinding(dispatch);
        if (!blocks.returns().isEmpty()) {
            final List<SwitchCase> cases = new ArrayList<>();
            final Map<Integer, Label> checked = new HashMap<>();
            for (final int place : blocks.returns()) {
                final boolean here = RegionFinder.pageOf(place) == 0;
                final Label to = here ? label(place) : c.newLabel();
                checked.put(place, to);
                cases.add(SwitchCase.of(place << 2, to));
            }
            c.iload(f.leave).iload(f.base).isub().lookupswitch(exit, cases);
            for (final Map.Entry<Integer, Label> each : checked.entrySet()) {
                final int place = each.getKey();
                if (RegionFinder.pageOf(place) != 0) {
                    c.labelBinding(each.getValue());
                    enterPage(place, RegionFinder.pageOf(place));
                    c.goto_(label(place));
                }
            }
        } else {
            c.goto_(exit);
        }
    }

    /** Leaves the region with the PC at a place. */
    private void leaveTo(final int place) {
        f.pushAddress(place);
        c.istore(f.leave).goto_(exit);
    }

    /** Lets the interpreter execute the instruction on the registers it touches. */
    private void outside(final Instruction i, final int place) {
        final int touched = Shape.touched(i);
        f.spill(touched);
        if (Shape.readsFlags(i)) {
            f.spillFlags();
        }
        c.aload(Frame.STATE_LOCAL);
        pushPage(RegionFinder.pageOf(place));
        c.loadConstant(place & SharedCode.INSTRUCTIONS - 1);
        pushWhere(place);
        f.support("execute", EXECUTE);
        f.reloadAll(touched);
        stopIfAsked(place);
    }

    /** Leaves behind the instruction if it, or somebody meanwhile, asked for a stop. */
    private void stopIfAsked(final int place) {
        final Label on = c.newLabel();
        f.pushLimit();
        c.lload(f.limit).lcmp().ifeq(on);
        c.lload(f.count).loadConstant((long) (ahead - 1)).lsub().lstore(f.count);
        leaveTo(place + 1);
        c.labelBinding(on);
    }
}
