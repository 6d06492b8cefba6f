package dev.breakmake.engine.translate;

import static java.lang.constant.ConstantDescs.CD_Object;
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
import java.util.ArrayList;
import java.util.List;

/**
 * The frame of a region's method. Guest registers live in locals, read once at the entry and put back once at the exit, whichever way
 * it is reached. A budget counts down the instructions the PE's limit leaves: a block takes its whole length at its start, so any
 * instruction knows the exact count from what is left.
 *
 * <p>A <em>place</em> is an instruction's number relative to the first one of the entry's page; it may lie in other pages.
 */
public final class RegionFrame {

    static final int PLACE_SHIFT = 10;

    /** Places are below this and not below its negative. */
    public static final int FARTHEST = 1 << 31 - PLACE_SHIFT;

    /** Mask of the instructions from the current one to the end of its block, in a {@link #where} number. */
    static final int AHEAD = (1 << PLACE_SHIFT) - 1;

    public static final ClassDesc PE = ClassDesc.of(ProcessingElement.class.getName());
    private static final ClassDesc MMU = ClassDesc.of(Mmu.class.getName());
    private static final ClassDesc TLB = ClassDesc.of(SoftTlb.class.getName());
    private static final ClassDesc ACCESS = ClassDesc.of(MemoryAccess.class.getName());
    private static final ClassDesc LONGS = CD_long.arrayType();
    private static final ClassDesc THROWABLE = ClassDesc.of("java.lang.Throwable");
    private static final MethodTypeDesc LOAD = MethodTypeDesc.of(CD_long, LONGS, CD_long);
    private static final MethodTypeDesc STORE = MethodTypeDesc.of(CD_void, LONGS, CD_long, CD_long);
    private static final MethodTypeDesc SLOW_LOAD =
            MethodTypeDesc.of(CD_long, PE, CD_long, CD_int, CD_long, CD_long, CD_int, CD_int);
    private static final MethodTypeDesc SLOW_STORE =
            MethodTypeDesc.of(CD_void, PE, CD_long, CD_long, CD_int, CD_long, CD_long, CD_int, CD_int);

    /** Local of the PE. */
    public final int pe = 1;

    /** Local with the address of the entry's page. */
    public final int base;

    /** Local with the instruction count at which the budget is used up. */
    public final int end;

    /** Local with the rest of the budget. */
    public final int left;

    /** Local with the address to go on at, for whoever jumps to {@link #exit}. */
    public final int leave;

    /** Scratch locals. */
    public final int address;

    public final int value;

    /** The way out with {@link #leave} set. */
    public final Label exit;

    private record Stub(Label label, int where) {}

    private final CodeBuilder c;
    private final int x;
    private final int tlb;
    private final int loadTags;
    private final int loadPages;
    private final int storeTags;
    private final int storePages;
    private final int limit;
    private final int number;
    private final int index;
    private final Label leaveByNumber;
    private final int[] slot;
    private final boolean[] written;
    private final int zero;
    private final int sink;
    private final ClassDesc self;
    private final List<Stub> stubs = new ArrayList<>();
    private final Label from;
    private final List<Object> constants = new ArrayList<>();

    /**
     * A frame; {@link #begin} comes next.
     *
     * @param self the class being written
     * @param registers guest registers by number, an upper bound
     * @param zero register that reads as zero
     * @param sink register that swallows results
     */
    public RegionFrame(final CodeBuilder c, final ClassDesc self, final int registers, final int zero, final int sink) {
        this.c = c;
        this.self = self;
        this.zero = zero;
        this.sink = sink;
        slot = new int[registers];
        written = new boolean[registers];
        x = c.allocateLocal(TypeKind.REFERENCE);
        tlb = c.allocateLocal(TypeKind.REFERENCE);
        loadTags = c.allocateLocal(TypeKind.REFERENCE);
        loadPages = c.allocateLocal(TypeKind.REFERENCE);
        storeTags = c.allocateLocal(TypeKind.REFERENCE);
        storePages = c.allocateLocal(TypeKind.REFERENCE);
        base = c.allocateLocal(TypeKind.LONG);
        end = c.allocateLocal(TypeKind.LONG);
        left = c.allocateLocal(TypeKind.INT);
        limit = c.allocateLocal(TypeKind.LONG);
        leave = c.allocateLocal(TypeKind.LONG);
        address = c.allocateLocal(TypeKind.LONG);
        value = c.allocateLocal(TypeKind.LONG);
        number = c.allocateLocal(TypeKind.INT);
        index = c.allocateLocal(TypeKind.INT);
        exit = c.newLabel();
        leaveByNumber = c.newLabel();
        from = c.newLabel();
    }

    /** Gives a register a local; call for every register the region names, before {@link #begin}. */
    public void use(final int register) {
        if (register >= 0 && register != zero && register != sink && slot[register] == 0) {
            slot[register] = c.allocateLocal(TypeKind.LONG);
        }
    }

    /** Writes the entry: registers and budget into locals. */
    public void begin(final long pageMask) {
        c.aload(pe).getfield(PE, "x", LONGS).astore(x);
        for (int i = 0; i < slot.length; i++) {
            if (slot[i] != 0) {
                c.aload(x).loadConstant(i).laload().lstore(slot[i]);
            }
        }
        c.aload(pe).getfield(PE, "mmu", MMU).getfield(MMU, "tlb", TLB).astore(tlb);
        c.aload(tlb).getfield(TLB, "loadTags", LONGS).astore(loadTags);
        c.aload(tlb).getfield(TLB, "loadPages", LONGS.arrayType()).astore(loadPages);
        c.aload(tlb).getfield(TLB, "storeTags", LONGS).astore(storeTags);
        c.aload(tlb).getfield(TLB, "storePages", LONGS.arrayType()).astore(storePages);
        c.aload(pe).getfield(PE, "pc", CD_long).loadConstant(pageMask).land().lstore(base);
        c.aload(pe).getfield(PE, "limit", CD_long).dup2().lstore(limit);
        c.aload(pe).getfield(PE, "instructions", CD_long).dup2().lstore(end);
        c.lsub().loadConstant((long) Integer.MAX_VALUE);
        c.invokestatic(ClassDesc.of("java.lang.Math"), "min", MethodTypeDesc.of(CD_long, CD_long, CD_long));
        c.l2i().istore(left);
        c.lload(end).iload(left).i2l().ladd().lstore(end);
        c.lconst_0().lstore(leave);
        c.lconst_0().lstore(address);
        c.lconst_0().lstore(value);
        c.iconst_0().istore(number);
        c.iconst_0().istore(index);
    }

    /** Begins the code in which an exception puts the registers back. */
    public void beginBody() {
        c.labelBinding(from);
    }

    /**
     * Ends the method: stubs, handler and exit.
     *
     * @param more puts back what the instruction set keeps in locals besides registers
     */
    public void finish(final Runnable more) {
        for (final Stub stub : stubs) {
            c.labelBinding(stub.label).loadConstant(stub.where).istore(number).goto_(leaveByNumber);
        }
        final Label to = c.newBoundLabel();
        c.exceptionCatch(from, to, c.newBoundLabel(), THROWABLE);
        spill();
        more.run();
        c.athrow();
        c.labelBinding(leaveByNumber);
        c.iload(left).iload(number).loadConstant(AHEAD).iand().iadd().istore(left);
        c.lload(base).iload(number).loadConstant(PLACE_SHIFT).ishr().i2l();
        c.iconst_2().lshl().ladd().lstore(leave);
        c.labelBinding(exit);
        spill();
        more.run();
        c.aload(pe).lload(leave).putfield(PE, "pc", CD_long);
        c.aload(pe).lload(end).iload(left).i2l().lsub().putfield(PE, "instructions", CD_long);
        c.return_();
    }

    private void spill() {
        for (int i = 0; i < slot.length; i++) {
            if (written[i]) {
                c.aload(x).loadConstant(i).lload(slot[i]).lastore();
            }
        }
    }

    /** A place and the instructions from it to the end of its block, as one number. */
    public static int where(final int place, final int ahead) {
        return place << PLACE_SHIFT | ahead;
    }

    /** What the region's methods get as constants, in order. */
    public Object[] constants() {
        return constants.toArray();
    }

    /** Pushes a constant object. */
    public void pushConstant(final Object constant) {
        int at = constants.indexOf(constant);
        if (at < 0) {
            at = constants.size();
            constants.add(constant);
        }
        c.aload(0)
                .getfield(self, RegionLoader.CONSTANTS, CD_Object.arrayType())
                .loadConstant(at)
                .aaload();
    }

    /** Pushes a register. */
    public void get(final int register) {
        if (register == zero) {
            c.lconst_0();
        } else {
            c.lload(slot[register]);
        }
    }

    /** Pops into a register. */
    public void set(final int register) {
        if (register == sink) {
            c.pop2();
        } else {
            c.lstore(slot[register]);
            written[register] = true;
        }
    }

    /** Puts a register into the PE's own array, for code outside. */
    public void put(final int register) {
        if (register != zero && register != sink) {
            c.aload(x).loadConstant(register).lload(slot[register]).lastore();
        }
    }

    /** Takes a register from the PE's array. */
    public void take(final int register) {
        if (register != zero && register != sink) {
            c.aload(x).loadConstant(register).laload();
            set(register);
        }
    }

    /** Pushes the address of a place. */
    public void pcOf(final int place) {
        c.lload(base);
        if (place != 0) {
            c.loadConstant((long) place << 2).ladd();
        }
    }

    /** Begins a block: takes its length from the budget, or leaves before it. */
    public void beginBlock(final int place, final int length) {
        c.iinc(left, -length);
        c.iload(left).iflt(stub(where(place, length)));
    }

    private Label stub(final int where) {
        for (final Stub known : stubs) {
            if (known.where == where) {
                return known.label;
            }
        }
        final Label label = c.newLabel();
        stubs.add(new Stub(label, where));
        return label;
    }

    /** Leaves the region with the PC at a place; the current block is complete. */
    public void leaveTo(final int place) {
        if (place < -FARTHEST || place >= FARTHEST) {
            pcOf(place);
            c.lstore(leave).goto_(exit);
        } else {
            c.goto_(stub(where(place, 0)));
        }
    }

    /** After an instruction that may have asked for a stop; its results must be in the locals. */
    public void stopIfAsked(final int place, final int ahead) {
        c.aload(pe).getfield(PE, "limit", CD_long).lload(limit).lcmp();
        c.ifne(stub(where(place + 1, ahead - 1)));
    }

    /** Pushes what tells a helper where it is: base, end, rest of the budget, place. */
    public void pushWhere(final int place, final int ahead) {
        c.lload(base).lload(end).iload(left).loadConstant(where(place, ahead));
    }

    /** Loads from the address local to the value local, zero extended. */
    public void load(final int place, final int ahead, final int size) {
        final Label miss = c.newLabel();
        final Label done = c.newLabel();
        probe(loadTags, size, miss);
        c.aload(loadPages).iload(index).aaload().lload(address);
        c.invokestatic(ACCESS, "load" + size, LOAD).goto_(done);
        c.labelBinding(miss);
        c.aload(pe).lload(address).loadConstant(size);
        pushWhere(place, ahead);
        c.invokestatic(ACCESS, "slowLoad", SLOW_LOAD);
        c.labelBinding(done).lstore(value);
    }

    /** Stores what {@code pushValue} pushes at the address local. */
    public void store(final int place, final int ahead, final int size, final Runnable pushValue) {
        final Label miss = c.newLabel();
        final Label done = c.newLabel();
        probe(storeTags, size, miss);
        c.aload(storePages).iload(index).aaload().lload(address);
        pushValue.run();
        c.invokestatic(ACCESS, "store" + size, STORE);
        c.aload(tlb).getfield(TLB, "storeEpochs", LONGS).iload(index);
        c.aload(pe).getfield(PE, "barrierEpoch", CD_long).lastore().goto_(done);
        c.labelBinding(miss);
        c.aload(pe).lload(address);
        pushValue.run();
        c.loadConstant(size);
        pushWhere(place, ahead);
        c.invokestatic(ACCESS, "slowStore", SLOW_STORE);
        c.labelBinding(done);
    }

    /**
     * Leaves the number of the software TLB's entry in the index local, or jumps if that entry does not serve the address. It stands at each
     * access and not in a method all accesses share: HotSpot sees here that this one never misses and forgets the way of a miss,
     * behind which nothing it knows would hold.
     */
    private void probe(final int tags, final int size, final Label miss) {
        c.lload(address).loadConstant((long) (-Page.SIZE | size - 1)).land();
        c.aload(tags);
        c.lload(address).loadConstant(Page.SHIFT).lushr().l2i();
        c.loadConstant(SoftTlb.MASK).iand().dup().istore(index);
        c.laload().lcmp().ifne(miss);
    }

    /** Goes on if a page other than the current one still holds the code that was translated from it; else leaves to the place. */
    public void checkPage(final int place, final int placesPerPage, final Object code) {
        c.aload(pe).aload(tlb);
        pcOf(Math.floorDiv(place, placesPerPage) * placesPerPage);
        pushConstant(code);
        c.invokestatic(ACCESS, "holds", MethodTypeDesc.of(CD_boolean, PE, TLB, CD_long, CD_Object));
        c.ifeq(stub(where(place, 0)));
    }
}
