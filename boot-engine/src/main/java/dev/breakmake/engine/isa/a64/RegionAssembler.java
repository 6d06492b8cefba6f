package dev.breakmake.engine.isa.a64;

import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;

import dev.breakmake.engine.memory.Page;
import dev.breakmake.engine.pe.Mmu;
import dev.breakmake.engine.pe.ProcessingElement;
import dev.breakmake.engine.pe.SoftTlb;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes the bytecode of one region. Guest registers live in locals; one handler and one exit put them back. Flags stay in lazy form:
 * the operands and the kind of the operation that set them.
 */
final class RegionAssembler {

    private static final ClassDesc PE = ClassDesc.of(ProcessingElement.class.getName());
    private static final ClassDesc MMU = ClassDesc.of(Mmu.class.getName());
    private static final ClassDesc TLB = ClassDesc.of(SoftTlb.class.getName());
    private static final ClassDesc SUPPORT = ClassDesc.of(RegionSupport.class.getName());
    private static final ClassDesc OP = ClassDesc.of(MicroOp.class.getName());
    private static final ClassDesc LONGS = CD_long.arrayType();
    private static final ClassDesc LONG_BOX = ClassDesc.of("java.lang.Long");
    private static final ClassDesc THROWABLE = ClassDesc.of("java.lang.Throwable");
    private static final long LOW = 0xffff_ffffL;

    private static final int REGISTERS = 33;

    private final CodeBuilder c;
    private final CodePage code;
    private final RegionCompiler.Blocks blocks;
    private final Map<Integer, Label> labels = new HashMap<>();
    private final int[] slot = new int[34];

    private final int pe = 1;
    private final int ops = 2;
    private final int x;
    private final int base;
    private final int count;
    private final int limit;
    private final int leave;
    private final int kind;
    private final int first;
    private final int second;
    private final int loadTags;
    private final int loadPages;
    private final int storeTags;
    private final int storePages;
    private final int address;
    private final int value;
    private final int index;
    private final Label exit;

    /** Kind of the latest flag setter if known while assembling, else -1. */
    private int known;

    /** Instructions from the current one to the end of its block; the count in the local already includes them. */
    private int ahead;

    RegionAssembler(final CodeBuilder body, final CodePage code, final RegionCompiler.Blocks blocks) {
        this.c = body;
        this.code = code;
        this.blocks = blocks;
        x = c.allocateLocal(TypeKind.REFERENCE);
        base = c.allocateLocal(TypeKind.LONG);
        count = c.allocateLocal(TypeKind.LONG);
        limit = c.allocateLocal(TypeKind.LONG);
        leave = c.allocateLocal(TypeKind.LONG);
        kind = c.allocateLocal(TypeKind.INT);
        first = c.allocateLocal(TypeKind.LONG);
        second = c.allocateLocal(TypeKind.LONG);
        loadTags = c.allocateLocal(TypeKind.REFERENCE);
        loadPages = c.allocateLocal(TypeKind.REFERENCE);
        storeTags = c.allocateLocal(TypeKind.REFERENCE);
        storePages = c.allocateLocal(TypeKind.REFERENCE);
        address = c.allocateLocal(TypeKind.LONG);
        value = c.allocateLocal(TypeKind.LONG);
        index = c.allocateLocal(TypeKind.INT);
        exit = c.newLabel();
    }

    void assemble() {
        collectRegisters();
        prologue();
        final Label from = c.newBoundLabel();
        c.goto_(label(blocks.entry()));
        for (final int start : blocks.starts()) {
            if (blocks.members().get(start)) {
                block(start);
            }
        }
        final Label to = c.newBoundLabel();
        final Label handler = c.newBoundLabel();
        c.exceptionCatch(from, to, handler, THROWABLE);
        spill();
        c.athrow();
        c.labelBinding(exit);
        spill();
        c.aload(pe).lload(leave).putfield(PE, "pc", CD_long);
        c.aload(pe).lload(count).putfield(PE, "instructions", CD_long);
        c.return_();
    }

    private void collectRegisters() {
        for (int i = blocks.members().nextSetBit(0);
                i >= 0;
                i = blocks.members().nextSetBit(i + 1)) {
            final MicroOp op = code.op(i);
            for (final int register : new int[] {op.d, op.n, op.m, op.a}) {
                if (register >= 0 && register < REGISTERS && register != ProcessingElement.ZR && slot[register] == 0) {
                    slot[register] = c.allocateLocal(TypeKind.LONG);
                }
            }
            if (op.kind == Op.BL || op.kind == Op.BLR) {
                if (slot[30] == 0) {
                    slot[30] = c.allocateLocal(TypeKind.LONG);
                }
            }
        }
    }

    private void prologue() {
        c.aload(pe).getfield(PE, "x", LONGS).astore(x);
        for (int i = 0; i < REGISTERS; i++) {
            if (slot[i] != 0) {
                c.aload(x).loadConstant(i).laload().lstore(slot[i]);
            }
        }
        c.aload(pe)
                .getfield(PE, "pc", CD_long)
                .loadConstant((long) -Page.SIZE)
                .land()
                .lstore(base);
        c.aload(pe).getfield(PE, "instructions", CD_long).lstore(count);
        c.aload(pe).getfield(PE, "limit", CD_long).lstore(limit);
        c.lconst_0().lstore(leave);
        c.iconst_0().istore(kind);
        c.aload(pe).getfield(PE, "nzcv", CD_int).i2l().lstore(first);
        c.lconst_0().lstore(second);
        c.lconst_0().lstore(address);
        c.lconst_0().lstore(value);
        c.iconst_0().istore(index);
        tlb("loadTags", LONGS, loadTags);
        tlb("loadPages", LONGS.arrayType(), loadPages);
        tlb("storeTags", LONGS, storeTags);
        tlb("storePages", LONGS.arrayType(), storePages);
    }

    private void tlb(final String field, final ClassDesc type, final int local) {
        c.aload(pe)
                .getfield(PE, "mmu", MMU)
                .getfield(MMU, "tlb", TLB)
                .getfield(TLB, field, type)
                .astore(local);
    }

    private void spill() {
        for (int i = 0; i < REGISTERS; i++) {
            if (slot[i] != 0) {
                c.aload(x).loadConstant(i).lload(slot[i]).lastore();
            }
        }
        spillFlags();
    }

    private void spillFlags() {
        c.aload(pe).iload(kind).lload(first).lload(second);
        c.invokestatic(SUPPORT, "flags", MethodTypeDesc.of(CD_int, CD_int, CD_long, CD_long));
        c.putfield(PE, "nzcv", CD_int);
    }

    private Label label(final int start) {
        return labels.computeIfAbsent(start, each -> c.newLabel());
    }

    private void block(final int start) {
        c.labelBinding(label(start));
        final int length = blocks.length(code, start);
        final Label enough = c.newLabel();
        c.lload(count).loadConstant((long) length).ladd().lload(limit).lcmp();
        c.ifle(enough);
        leaveTo(start);
        c.labelBinding(enough);
        c.lload(count).loadConstant((long) length).ladd().lstore(count);
        known = -1;
        for (int i = start; i < start + length; i++) {
            ahead = length - (i - start);
            instruction(code.op(i), i);
        }
        final int next = start + length;
        if (!RegionCompiler.endsBlock(code.op(next - 1).kind) || falls(code.op(next - 1).kind)) {
            jump(next);
        }
    }

    private static boolean falls(final int kind) {
        return kind >= Op.B_COND && kind <= Op.TBNZ;
    }

    private boolean inside(final long target) {
        return target >= 0
                && target < 1024
                && blocks.members().get((int) target)
                && blocks.starts().contains((int) target);
    }

    private void jump(final long target) {
        if (inside(target)) {
            c.goto_(label((int) target));
        } else {
            leaveTo(target);
        }
    }

    /** Leaves the region with the PC at an instruction number relative to the page. */
    private void leaveTo(final long target) {
        pcOf(target);
        c.lstore(leave).goto_(exit);
    }

    private void pcOf(final long target) {
        c.lload(base).loadConstant(target << 2).ladd();
    }

    /** Pushes the count of instructions before the current one. */
    private void countBefore() {
        c.lload(count).loadConstant((long) ahead).lsub();
    }

    private void get(final int register) {
        if (register == ProcessingElement.ZR) {
            c.lconst_0();
        } else {
            c.lload(slot[register]);
        }
    }

    private void set(final int register) {
        if (register == ProcessingElement.SINK) {
            c.pop2();
        } else {
            c.lstore(slot[register]);
        }
    }

    private void low() {
        c.loadConstant(LOW).land();
    }

    private void shifted(final MicroOp op) {
        get(op.m);
        if (op.s != 0) {
            c.loadConstant(op.s).lshl();
        }
    }

    private void instruction(final MicroOp op, final int at) {
        switch (op.kind) {
            case Op.ADD_IMM_X -> {
                get(op.n);
                c.loadConstant(op.imm).ladd();
                set(op.d);
            }
            case Op.ADD_IMM_W -> {
                get(op.n);
                c.loadConstant(op.imm).ladd();
                low();
                set(op.d);
            }
            case Op.ADDS_IMM_X, Op.SUBS_IMM_X -> {
                get(op.n);
                c.loadConstant(op.imm);
                arithmetic(op, op.kind == Op.SUBS_IMM_X, true);
            }
            case Op.ADDS_IMM_W, Op.SUBS_IMM_W -> {
                get(op.n);
                c.loadConstant(op.imm);
                arithmetic(op, op.kind == Op.SUBS_IMM_W, false);
            }
            case Op.ADDS_X, Op.SUBS_X -> {
                get(op.n);
                shifted(op);
                arithmetic(op, op.kind == Op.SUBS_X, true);
            }
            case Op.SUBS_W -> {
                get(op.n);
                shifted(op);
                arithmetic(op, true, false);
            }
            case Op.ANDS_IMM_X, Op.ANDS_IMM_W -> {
                get(op.n);
                c.loadConstant(op.imm).land();
                logicFlags(op, op.kind == Op.ANDS_IMM_X);
            }
            case Op.ANDS_X, Op.ANDS_W -> {
                get(op.n);
                shifted(op);
                c.land();
                if (op.kind == Op.ANDS_W) {
                    low();
                }
                logicFlags(op, op.kind == Op.ANDS_X);
            }
            case Op.CSEL_X, Op.CSEL_W, Op.CSINC_X, Op.CSINC_W, Op.CSINV_X, Op.CSINV_W, Op.CSNEG_X, Op.CSNEG_W ->
                select(op);
            case Op.NOP -> {}
            case Op.LDR_X, Op.LDR_X_REG -> load(op, at, 8, false);
            case Op.LDR_W, Op.LDR_W_REG -> load(op, at, 4, false);
            case Op.LDRSW -> load(op, at, 4, true);
            case Op.LDRH -> load(op, at, 2, false);
            case Op.LDRB, Op.LDRB_REG -> load(op, at, 1, false);
            case Op.STR_X, Op.STR_X_REG -> store(op, at, 8);
            case Op.STR_W, Op.STR_W_REG -> store(op, at, 4);
            case Op.STRH -> store(op, at, 2);
            case Op.STRB, Op.STRB_REG -> store(op, at, 1);
            case Op.LDR_X_POST -> {
                pairAddress(op, true);
                access(at, 8, null);
                writeBack(op, false, true);
                c.lload(value);
                set(op.d);
                stopIfAsked(at);
            }
            case Op.STR_X_PRE -> {
                pairAddress(op, false);
                put(at, 8, op.d, false);
                writeBack(op, true, false);
                stopIfAsked(at);
            }
            case Op.LDP_X, Op.LDP_X_PRE, Op.LDP_X_POST -> loadPair(op, at);
            case Op.STP_X, Op.STP_X_PRE, Op.STP_X_POST -> storePair(op, at);
            case Op.B, Op.BL, Op.B_COND, Op.CBZ_X, Op.CBNZ_X, Op.CBZ_W, Op.CBNZ_W, Op.TBZ, Op.TBNZ -> branch(op, at);
            case Op.BR, Op.BLR -> {
                get(op.n);
                c.lstore(leave);
                if (op.kind == Op.BLR) {
                    pcOf(at + 1);
                    c.lstore(slot[30]);
                }
                c.goto_(exit);
            }
            default -> {
                if (!SimpleOperations.assemble(c, op, at, this::get, this::set, base)) {
                    helper(op, at);
                }
            }
        }
    }

    /** Operands on the stack; sets flags and destination. */
    private void arithmetic(final MicroOp op, final boolean subtract, final boolean wide) {
        if (!wide) {
            c.l2i().i2l();
        }
        c.lstore(second);
        if (!wide) {
            c.l2i().i2l();
        }
        c.lstore(first);
        known = subtract
                ? wide ? RegionSupport.SUB_X : RegionSupport.SUB_W
                : wide ? RegionSupport.ADD_X : RegionSupport.ADD_W;
        c.loadConstant(known).istore(kind);
        if (op.d != ProcessingElement.SINK) {
            c.lload(first).lload(second);
            if (subtract) {
                c.lsub();
            } else {
                c.ladd();
            }
            if (!wide) {
                low();
            }
            set(op.d);
        }
    }

    private void logicFlags(final MicroOp op, final boolean wide) {
        if (op.d != ProcessingElement.SINK) {
            c.dup2();
            set(op.d);
        }
        if (!wide) {
            c.l2i().i2l();
        }
        c.lstore(first).lconst_0().lstore(second);
        known = wide ? RegionSupport.LOGIC_X : RegionSupport.LOGIC_W;
        c.loadConstant(known).istore(kind);
    }

    /** Jumps to a label when the condition holds for the current flags. */
    private void ifCondition(final int condition, final Label target) {
        if (condition >= 14) {
            c.goto_(target);
            return;
        }
        final boolean subtraction = known == RegionSupport.SUB_X || known == RegionSupport.SUB_W;
        final boolean logic = known == RegionSupport.LOGIC_X || known == RegionSupport.LOGIC_W;
        if (subtraction && condition >= 2 && condition <= 3 || subtraction && condition >= 8 && condition <= 9) {
            c.lload(first).lload(second);
            c.invokestatic(LONG_BOX, "compareUnsigned", MethodTypeDesc.of(CD_int, CD_long, CD_long));
        } else if ((subtraction || logic) && (condition <= 1 || condition >= 10)) {
            c.lload(first).lload(second).lcmp();
        } else {
            c.loadConstant(condition);
            if (known >= 0) {
                c.loadConstant(known);
            } else {
                c.iload(kind);
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

    private void select(final MicroOp op) {
        final Label yes = c.newLabel();
        final Label done = c.newLabel();
        ifCondition(op.a, yes);
        get(op.m);
        switch (op.kind) {
            case Op.CSINC_X, Op.CSINC_W -> c.lconst_1().ladd();
            case Op.CSINV_X, Op.CSINV_W -> c.loadConstant(-1L).lxor();
            case Op.CSNEG_X, Op.CSNEG_W -> c.lneg();
            default -> {}
        }
        c.lstore(value).goto_(done);
        c.labelBinding(yes);
        get(op.n);
        c.lstore(value);
        c.labelBinding(done);
        c.lload(value);
        if (op.kind == Op.CSEL_W || op.kind == Op.CSINC_W || op.kind == Op.CSINV_W || op.kind == Op.CSNEG_W) {
            low();
        }
        set(op.d);
    }

    private void branch(final MicroOp op, final int at) {
        final long target = at + (op.imm >> 2);
        if (op.kind == Op.BL) {
            pcOf(at + 1);
            c.lstore(slot[30]);
        }
        if (op.kind == Op.B || op.kind == Op.BL) {
            jump(target);
            return;
        }
        final boolean direct = inside(target);
        final Label taken = direct ? label((int) target) : c.newLabel();
        switch (op.kind) {
            case Op.B_COND -> ifCondition(op.a, taken);
            case Op.CBZ_X, Op.CBNZ_X -> {
                get(op.n);
                c.lconst_0().lcmp();
                zero(op.kind == Op.CBZ_X, taken);
            }
            case Op.CBZ_W, Op.CBNZ_W -> {
                get(op.n);
                c.l2i();
                zero(op.kind == Op.CBZ_W, taken);
            }
            default -> {
                get(op.n);
                c.loadConstant(1L << op.s).land().lconst_0().lcmp();
                zero(op.kind == Op.TBZ, taken);
            }
        }
        if (!direct) {
            final Label on = c.newLabel();
            c.goto_(on);
            c.labelBinding(taken);
            leaveTo(target);
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

    private void effective(final MicroOp op) {
        get(op.n);
        switch (op.kind) {
            case Op.LDR_X_REG, Op.LDR_W_REG, Op.LDRB_REG, Op.STR_X_REG, Op.STR_W_REG, Op.STRB_REG -> {
                shifted(op);
                c.ladd();
            }
            default -> {
                if (op.imm != 0) {
                    c.loadConstant(op.imm).ladd();
                }
            }
        }
        c.lstore(address);
    }

    /** Leaves the word that holds the address on the stack if the load TLB has it; else jumps. The stack is empty at the jump. */
    private void probe(final int tags, final int pages, final int size, final Label miss) {
        c.lload(address)
                .loadConstant(Page.SHIFT)
                .lushr()
                .l2i()
                .loadConstant(SoftTlb.MASK)
                .iand()
                .istore(index);
        c.lload(address).loadConstant((long) (-Page.SIZE | size - 1)).land();
        c.aload(tags).iload(index).laload().lcmp();
        c.ifne(miss);
        c.aload(pages).iload(index).aaload();
        c.lload(address)
                .l2i()
                .loadConstant(Page.SIZE - 1)
                .iand()
                .loadConstant(3)
                .iushr();
    }

    private void bitShift(final int size) {
        c.lload(address).l2i().loadConstant(8 - size).iand().loadConstant(3).ishl();
    }

    private static long mask(final int size) {
        return (1L << (size << 3)) - 1;
    }

    /**
     * Loads from the address local to the value local.
     *
     * @param complete finishes the instruction when it has to stop after it; null if the caller looks for that itself
     */
    private void access(final int at, final int size, final @Nullable Runnable complete) {
        final Label miss = c.newLabel();
        final Label done = c.newLabel();
        probe(loadTags, loadPages, size, miss);
        c.laload();
        if (size < 8) {
            bitShift(size);
            c.lushr().loadConstant(mask(size)).land();
        }
        c.lstore(value).goto_(done);
        c.labelBinding(miss);
        c.aload(pe).lload(address).loadConstant(size);
        pcOf(at);
        countBefore();
        c.invokestatic(SUPPORT, "load", MethodTypeDesc.of(CD_long, PE, CD_long, CD_int, CD_long, CD_long));
        c.lstore(value);
        if (complete != null) {
            c.aload(pe).getfield(PE, "limit", CD_long).lload(limit).lcmp();
            c.ifeq(done);
            complete.run();
            leaveAfter(at);
        }
        c.labelBinding(done);
    }

    /** After an instruction that may have asked for a stop; its results must be in the locals. */
    private void stopIfAsked(final int at) {
        final Label on = c.newLabel();
        c.aload(pe).getfield(PE, "limit", CD_long).lload(limit).lcmp();
        c.ifeq(on);
        leaveAfter(at);
        c.labelBinding(on);
    }

    private void leaveAfter(final int at) {
        c.lload(count).loadConstant((long) (ahead - 1)).lsub().lstore(count);
        leaveTo(at + 1);
    }

    private void load(final MicroOp op, final int at, final int size, final boolean signed) {
        effective(op);
        final Runnable complete = () -> {
            c.lload(value);
            if (signed) {
                c.l2i().i2l();
            }
            set(op.d);
        };
        access(at, size, complete);
        complete.run();
    }

    /** Stores a register at the address local; alone in its instruction or one of a pair. */
    private void put(final int at, final int size, final int register, final boolean alone) {
        final Label miss = c.newLabel();
        final Label done = c.newLabel();
        probe(storeTags, storePages, size, miss);
        if (size == 8) {
            get(register);
            c.lastore();
        } else {
            c.dup2().laload();
            c.loadConstant(mask(size));
            bitShift(size);
            c.lshl().loadConstant(-1L).lxor().land();
            get(register);
            c.loadConstant(mask(size)).land();
            bitShift(size);
            c.lshl().lor().lastore();
        }
        c.goto_(done);
        c.labelBinding(miss);
        c.aload(pe).lload(address);
        get(register);
        c.loadConstant(size);
        pcOf(at);
        countBefore();
        c.invokestatic(SUPPORT, "store", MethodTypeDesc.of(CD_void, PE, CD_long, CD_long, CD_int, CD_long, CD_long));
        if (alone) {
            c.aload(pe).getfield(PE, "limit", CD_long).lload(limit).lcmp();
            c.ifeq(done);
            leaveAfter(at);
        }
        c.labelBinding(done);
    }

    private void store(final MicroOp op, final int at, final int size) {
        effective(op);
        put(at, size, op.d, true);
    }

    private void pairAddress(final MicroOp op, final boolean post) {
        get(op.n);
        if (!post && op.imm != 0) {
            c.loadConstant(op.imm).ladd();
        }
        c.lstore(address);
    }

    private void writeBack(final MicroOp op, final boolean pre, final boolean post) {
        if (pre || post) {
            get(op.n);
            c.loadConstant(op.imm).ladd();
            set(op.n);
        }
    }

    private void secondAddress() {
        c.lload(address).loadConstant(8L).ladd().lstore(address);
    }

    private void loadPair(final MicroOp op, final int at) {
        final boolean pre = op.kind == Op.LDP_X_PRE;
        final boolean post = op.kind == Op.LDP_X_POST;
        if (op.d == op.n || op.a == op.n) {
            // A base that is loaded too: let the interpreter's order of writes decide.
            helper(op, at);
            return;
        }
        pairAddress(op, post);
        access(at, 8, null);
        c.lload(value).lstore(pairFirst());
        secondAddress();
        access(at, 8, null);
        c.lload(pairFirst());
        set(op.d);
        c.lload(value);
        set(op.a);
        writeBack(op, pre, post);
        stopIfAsked(at);
    }

    private int pairLocal = -1;

    private int pairFirst() {
        if (pairLocal < 0) {
            pairLocal = c.allocateLocal(TypeKind.LONG);
        }
        return pairLocal;
    }

    private void storePair(final MicroOp op, final int at) {
        final boolean post = op.kind == Op.STP_X_POST;
        pairAddress(op, post);
        put(at, 8, op.d, false);
        secondAddress();
        put(at, 8, op.a, false);
        writeBack(op, op.kind == Op.STP_X_PRE, post);
        stopIfAsked(at);
    }

    /** Executes an operation outside: its registers go to the PE and come back. */
    private void helper(final MicroOp op, final int at) {
        final int[] touched = {op.d, op.n, op.m, op.a};
        for (final int register : touched) {
            if (register >= 0 && register < REGISTERS && register != ProcessingElement.ZR) {
                c.aload(x).loadConstant(register).lload(slot[register]).lastore();
            }
        }
        spillFlags();
        c.aload(pe).aload(ops).loadConstant(at).aaload();
        pcOf(at);
        countBefore();
        c.invokestatic(SUPPORT, "execute", MethodTypeDesc.of(CD_void, PE, OP, CD_long, CD_long));
        for (final int register : touched) {
            if (register >= 0 && register < REGISTERS && register != ProcessingElement.ZR) {
                c.aload(x).loadConstant(register).laload().lstore(slot[register]);
            }
        }
        c.iconst_0().istore(kind);
        c.aload(pe).getfield(PE, "nzcv", CD_int).i2l().lstore(first);
        c.lconst_0().lstore(second);
        known = -1;
        stopIfAsked(at);
    }
}
