package dev.breakmake.engine.isa.a32;

import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;

import dev.breakmake.engine.memory.Page;
import dev.breakmake.engine.pe.SoftTlb;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.MethodTypeDesc;

/**
 * Bytecode of loads and stores that the software TLB serves. It stands in the region itself and not in a method all accesses share:
 * HotSpot sees at each of them that it never misses and forgets the way of a miss, behind which nothing it knows would hold. Everything
 * else (misalignment, walks, devices, table and code pages) is a call for one register; for pairs and blocks it goes to a label before
 * anything of the instruction happened, and the interpreter executes it.
 */
final class MemoryAssembler {

    private static final MethodTypeDesc SLOW_LOAD =
            MethodTypeDesc.of(CD_int, Frame.PE, CD_int, CD_int, CD_int, CD_long);
    private static final MethodTypeDesc SLOW_STORE =
            MethodTypeDesc.of(CD_void, Frame.PE, CD_int, CD_int, CD_int, CD_int, CD_long);
    private static final MethodTypeDesc LOAD = MethodTypeDesc.of(CD_int, Frame.LONGS, CD_int);
    private static final MethodTypeDesc LOAD_WIDE = MethodTypeDesc.of(CD_long, Frame.LONGS, CD_int);
    private static final MethodTypeDesc STORE = MethodTypeDesc.of(CD_void, Frame.LONGS, CD_int, CD_int);
    private static final MethodTypeDesc STORE_WIDE = MethodTypeDesc.of(CD_void, Frame.LONGS, CD_int, CD_int, CD_int);

    private final Frame f;
    private final CodeBuilder c;
    private final DataAssembler data;

    MemoryAssembler(final Frame frame, final DataAssembler data) {
        this.f = frame;
        this.c = frame.c;
        this.data = data;
    }

    /**
     * A load of one register other than the PC.
     *
     * @param pushWhere pushes the instruction's address and the count of instructions before it
     * @param stopIfAsked leaves behind the instruction if a stop was asked for; its results are in the locals
     */
    void load(final Instruction i, final int place, final Runnable pushWhere, final Runnable stopIfAsked) {
        final int size = size(i);
        final Label miss = c.newLabel();
        final Label done = c.newLabel();
        address(i, place);
        pushLoaded(size, miss);
        loaded(i, place);
        c.goto_(done);
        c.labelBinding(miss);
        c.aload(f.pe).iload(f.address).loadConstant(size);
        pushWhere.run();
        f.support("slowLoad", SLOW_LOAD);
        loaded(i, place);
        // A device may drive an interrupt when it is read.
        stopIfAsked.run();
        c.labelBinding(done);
    }

    /** Takes what was loaded from the stack; behind the write-back, so that a loaded base is what was loaded. */
    private void loaded(final Instruction i, final int place) {
        switch (i.operation) {
            case LDRSB -> c.i2b();
            case LDRSH -> c.i2s();
            default -> {}
        }
        c.istore(f.value);
        writeBack(i, place);
        c.iload(f.value);
        f.set(i.d);
    }

    /** A load of the PC, left in the value local. */
    void branch(final Instruction i, final int place, final Label miss) {
        address(i, place);
        pushLoaded(4, miss);
        c.istore(f.value);
        writeBack(i, place);
    }

    /** Pushes what is at the address local, zero extended, or jumps with an empty stack. */
    private void pushLoaded(final int size, final Label miss) {
        probe(f.loadTags, f.loadPages, size, miss);
        c.iload(f.address);
        f.support("load" + (size << 3), LOAD);
    }

    /**
     * A store of one register.
     *
     * @param pushWhere see {@link #load}
     * @param stopIfAsked see {@link #load}
     */
    void store(final Instruction i, final int place, final Runnable pushWhere, final Runnable stopIfAsked) {
        final int size = size(i);
        final Label miss = c.newLabel();
        final Label done = c.newLabel();
        address(i, place);
        probe(f.storeTags, f.storePages, size, miss);
        c.iload(f.address);
        f.get(i.d, place);
        f.support("store" + (size << 3), STORE);
        f.stored();
        writeBack(i, place);
        c.goto_(done);
        c.labelBinding(miss);
        c.aload(f.pe).iload(f.address);
        f.get(i.d, place);
        c.loadConstant(size);
        pushWhere.run();
        f.support("slowStore", SLOW_STORE);
        writeBack(i, place);
        stopIfAsked.run();
        c.labelBinding(done);
    }

    /** A load or store of a pair. */
    void pair(final Instruction i, final int place, final Label miss) {
        address(i, place);
        withinPage(miss);
        if (i.operation == Operation.STRD) {
            probe(f.storeTags, f.storePages, 4, miss);
            c.iload(f.address);
            f.get(i.d, place);
            f.get(i.d + 1, place);
            f.support("store64", STORE_WIDE);
            f.stored();
            writeBack(i, place);
            return;
        }
        probe(f.loadTags, f.loadPages, 4, miss);
        c.iload(f.address);
        f.support("load64", LOAD_WIDE);
        c.lstore(f.wide);
        writeBack(i, place);
        c.lload(f.wide).l2i();
        f.set(i.d);
        c.lload(f.wide).loadConstant(32).lushr().l2i();
        f.set(i.d + 1);
    }

    /** Leaves the address of the access in the address local. */
    private void address(final Instruction i, final int place) {
        if (i.preIndex) {
            indexed(i, place);
        } else {
            f.get(i.n, place);
        }
        c.istore(f.address);
    }

    private void writeBack(final Instruction i, final int place) {
        if (i.preIndex && !i.writeback) {
            return;
        }
        if (i.preIndex) {
            c.iload(f.address);
        } else {
            indexed(i, place);
        }
        f.set(i.n);
    }

    /** A pair is word aligned at least; it must not reach into the next page. */
    private void withinPage(final Label miss) {
        c.iload(f.address).loadConstant(Page.SIZE - 1).iand();
        c.loadConstant(Page.SIZE - 8).if_icmpgt(miss);
    }

    private void indexed(final Instruction i, final int place) {
        f.get(i.n, place);
        if (i.form == Instruction.Form.IMMEDIATE) {
            final int offset = i.add ? i.immediate : -i.immediate;
            if (offset != 0) {
                c.loadConstant(offset).iadd();
            }
            return;
        }
        data.operand2(i, place, false);
        if (i.add) {
            c.iadd();
        } else {
            c.isub();
        }
    }

    private static int size(final Instruction i) {
        return switch (i.operation) {
            case LDRB, STRB, LDRSB -> 1;
            case LDRH, STRH, LDRSH -> 2;
            default -> 4;
        };
    }

    /** Pushes the words of the page at the address local, or jumps with an empty stack. */
    private void probe(final int tags, final int pages, final int size, final Label miss) {
        c.iload(f.address)
                .loadConstant(Page.SHIFT)
                .iushr()
                .loadConstant(SoftTlb.MASK)
                .iand()
                .istore(f.index);
        c.iload(f.address).loadConstant(-Page.SIZE | size - 1).iand();
        c.aload(tags).iload(f.index).laload().l2i().if_icmpne(miss);
        c.aload(pages).iload(f.index).aaload();
    }

    /** LDM or STM within one page; a loaded PC is left in the value local. */
    void block(final Instruction i, final int place, final Label miss) {
        final int list = i.opcode & 0xffff;
        final int bytes = Integer.bitCount(list) << 2;
        final boolean load = i.operation == Operation.LDM;
        f.get(i.n, place);
        final int offset = Interpreter.firstAddress(i, 0, bytes);
        if (offset != 0) {
            c.loadConstant(offset).iadd();
        }
        c.istore(f.address);
        if (bytes > 4) {
            c.iload(f.address).loadConstant(Page.SIZE - 1).iand();
            c.loadConstant(Page.SIZE - bytes).if_icmpgt(miss);
        }
        probe(load ? f.loadTags : f.storeTags, load ? f.loadPages : f.storePages, 4, miss);
        c.astore(f.words);
        final boolean baseListed = (list >>> i.n & 1) != 0;
        if (i.writeback && load && !baseListed) {
            writeBack(i, place, bytes);
        }
        int at = 0;
        for (int register = 0; register < 16; register++) {
            if ((list >>> register & 1) == 0) {
                continue;
            }
            c.aload(f.words).iload(f.address);
            if (at != 0) {
                c.loadConstant(at).iadd();
            }
            at += 4;
            if (!load) {
                f.get(register, place);
                f.support("store32", STORE);
            } else {
                f.support("load32", LOAD);
                if (register == 15) {
                    c.istore(f.value);
                } else {
                    f.set(register);
                }
            }
        }
        if (!load) {
            f.stored();
        }
        if (i.writeback && !load) {
            writeBack(i, place, bytes);
        }
    }

    private void writeBack(final Instruction i, final int place, final int bytes) {
        f.get(i.n, place);
        c.loadConstant(i.add ? bytes : -bytes).iadd();
        f.set(i.n);
    }
}
