package dev.breakmake.engine.isa.a32;

import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;

import dev.breakmake.engine.pe.Mmu;
import dev.breakmake.engine.pe.ProcessingElement;
import dev.breakmake.engine.pe.SoftTlb;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;

/**
 * Local variables of a translated method: guest registers, flags and what accesses need. Only registers that the region names have
 * one; only those it writes are put back.
 */
final class Frame {

    static final ClassDesc STATE = ClassDesc.of(AArch32.class.getName());
    static final ClassDesc PAGE = ClassDesc.of(CodePage.class.getName());
    static final ClassDesc SUPPORT = ClassDesc.of(RegionSupport.class.getName());
    static final ClassDesc TLB = ClassDesc.of(SoftTlb.class.getName());
    static final ClassDesc LONGS = CD_long.arrayType();

    static final ClassDesc PE = ClassDesc.of(ProcessingElement.class.getName());
    private static final ClassDesc MMU = ClassDesc.of(Mmu.class.getName());
    private static final ClassDesc REGISTERS = ClassDesc.of(Registers.class.getName());
    private static final ClassDesc INTS = CD_int.arrayType();

    /** Parameter of the method. */
    static final int STATE_LOCAL = 1;

    final CodeBuilder c;
    final int pe;
    final int registers;
    final int r;
    final int base;
    final int count;
    final int limit;
    final int leave;
    final int negative;
    final int zero;
    final int carry;
    final int overflow;
    final int first;
    final int second;
    final int address;
    final int index;
    final int value;
    final int wide;
    final int words;
    final int tlb;
    final int loadTags;
    final int loadPages;
    final int storeTags;
    final int storePages;

    private final int[] slot = new int[15];
    private final int written;
    private final boolean setsFlags;

    Frame(final CodeBuilder c, final RegionFinder.Blocks blocks) {
        this.c = c;
        pe = reference();
        registers = reference();
        r = reference();
        base = integer();
        count = c.allocateLocal(TypeKind.LONG);
        limit = c.allocateLocal(TypeKind.LONG);
        leave = integer();
        negative = integer();
        zero = integer();
        carry = integer();
        overflow = integer();
        first = integer();
        second = integer();
        address = integer();
        index = integer();
        value = integer();
        wide = c.allocateLocal(TypeKind.LONG);
        words = reference();
        tlb = reference();
        loadTags = reference();
        loadPages = reference();
        storeTags = reference();
        storePages = reference();
        int used = 0;
        int changed = 0;
        boolean flags = false;
        for (final Instruction i : blocks.members().values()) {
            used |= Operands.read(i) | Operands.written(i);
            changed |= Operands.written(i);
            flags |= Shape.setsFlags(i);
        }
        for (int register = 0; register < 15; register++) {
            if ((used >>> register & 1) != 0) {
                slot[register] = integer();
            }
        }
        written = changed;
        setsFlags = flags;
    }

    private int integer() {
        return c.allocateLocal(TypeKind.INT);
    }

    private int reference() {
        return c.allocateLocal(TypeKind.REFERENCE);
    }

    /** Fills all locals. */
    void enter() {
        c.aload(STATE_LOCAL).getfield(STATE, "pe", PE).astore(pe);
        c.aload(STATE_LOCAL).getfield(STATE, "registers", REGISTERS).astore(registers);
        c.aload(registers).getfield(REGISTERS, "r", INTS).astore(r);
        for (int register = 0; register < 15; register++) {
            reload(register);
        }
        reloadFlags();
        c.aload(pe).getfield(PE, "pc", CD_long).l2i().loadConstant(-4096).iand().istore(base);
        c.aload(pe).getfield(PE, "instructions", CD_long).lstore(count);
        c.aload(pe).getfield(PE, "limit", CD_long).lstore(limit);
        for (final int local : new int[] {leave, first, second, address, index, value}) {
            c.iconst_0().istore(local);
        }
        c.lconst_0().lstore(wide);
        c.aconst_null().astore(words);
        c.aload(pe).getfield(PE, "mmu", MMU).getfield(MMU, "tlb", TLB).astore(tlb);
        array("loadTags", LONGS, loadTags);
        array("loadPages", LONGS.arrayType(), loadPages);
        array("storeTags", LONGS, storeTags);
        array("storePages", LONGS.arrayType(), storePages);
    }

    private void array(final String field, final ClassDesc type, final int local) {
        c.aload(tlb).getfield(TLB, field, type).astore(local);
    }

    /** Pushes a register; the PC reads as the instruction's address plus 8. */
    void get(final int register, final int place) {
        if (register == 15) {
            pushAddress(place + 2);
        } else {
            c.iload(slot[register]);
        }
    }

    /** Pops into a register other than the PC. */
    void set(final int register) {
        c.istore(slot[register]);
    }

    /** Pushes the address of a place. */
    void pushAddress(final int place) {
        c.iload(base);
        if (place != 0) {
            c.loadConstant(place << 2).iadd();
        }
    }

    /** Puts registers back where everybody else looks for them. */
    void spill(final int set) {
        for (int register = 0; register < 15; register++) {
            if ((set >>> register & 1) != 0 && slot[register] != 0) {
                c.aload(r).loadConstant(register).iload(slot[register]).iastore();
            }
        }
    }

    /** Puts everything back that the region writes. */
    void spillAll() {
        spill(written);
        if (setsFlags) {
            spillFlags();
        }
    }

    void spillFlags() {
        c.aload(registers).iload(negative).putfield(REGISTERS, "negative", CD_int);
        c.aload(registers).iload(zero).putfield(REGISTERS, "zero", CD_int);
        c.aload(registers).iload(carry).putfield(REGISTERS, "carry", CD_int);
        c.aload(registers).iload(overflow).putfield(REGISTERS, "overflow", CD_int);
    }

    private void reloadFlags() {
        c.aload(registers).getfield(REGISTERS, "negative", CD_int).istore(negative);
        c.aload(registers).getfield(REGISTERS, "zero", CD_int).istore(zero);
        c.aload(registers).getfield(REGISTERS, "carry", CD_int).istore(carry);
        c.aload(registers).getfield(REGISTERS, "overflow", CD_int).istore(overflow);
    }

    /** Takes registers from where everybody else puts them. */
    void reloadAll(final int set) {
        for (int register = 0; register < 15; register++) {
            if ((set >>> register & 1) != 0) {
                reload(register);
            }
        }
    }

    private void reload(final int register) {
        if (slot[register] != 0) {
            c.aload(r).loadConstant(register).iaload().istore(slot[register]);
        }
    }

    /** Pushes the PE's limit. */
    void pushLimit() {
        c.aload(pe).getfield(PE, "limit", CD_long);
    }

    /** Tells the PE where it is and how far. */
    void leave() {
        c.aload(pe).iload(leave).i2l().loadConstant(0xffff_ffffL).land().putfield(PE, "pc", CD_long);
        c.aload(pe).lload(count).putfield(PE, "instructions", CD_long);
    }

    /** The entry at the index local was stored through: it notes after which barrier. */
    void stored() {
        c.aload(tlb).getfield(TLB, "storeEpochs", LONGS).iload(index);
        c.aload(pe).getfield(PE, "barrierEpoch", CD_long).lastore();
    }

    /** Calls a static method of {@link RegionSupport}. */
    void support(final String name, final MethodTypeDesc type) {
        c.invokestatic(SUPPORT, name, type);
    }

    /** {@code int} function of that many {@code int} parameters. */
    static MethodTypeDesc ints(final int parameters) {
        final ClassDesc[] all = new ClassDesc[parameters];
        java.util.Arrays.fill(all, CD_int);
        return MethodTypeDesc.of(CD_int, all);
    }
}
