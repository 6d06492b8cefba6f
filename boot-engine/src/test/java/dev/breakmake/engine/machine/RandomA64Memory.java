package dev.breakmake.engine.machine;

import static dev.breakmake.engine.machine.RandomWords.BASE;
import static dev.breakmake.engine.machine.RandomWords.MOVING;

/** Random A64 loads and stores of every form, all within the scratch page or, of literals, within the program. */
final class RandomA64Memory {

    private final RandomWords words;
    private final boolean atomics;

    RandomA64Memory(final RandomWords words, final boolean atomics) {
        this.words = words;
        this.atomics = atomics;
    }

    /** One instruction. */
    void single() {
        switch (words.random.nextInt(7)) {
            case 0 -> unsigned();
            case 1 -> unscaled();
            case 2 -> pair();
            case 3 -> literal();
            case 4 -> vector();
            case 5 -> prefetch();
            default -> acquireRelease();
        }
    }

    /** A short sequence that must not be entered in its middle. */
    void sequence() {
        switch (words.random.nextInt(atomics ? 7 : 5)) {
            case 0 -> writeBack();
            case 1 -> pairWriteBack();
            case 2 -> registerOffset();
            case 3 -> exclusive();
            case 4 -> exclusivePair();
            default -> atomic();
        }
    }

    /** Size and opc of a load or store of a general register that exists: no PRFM, no 32-bit LDRSW. */
    private int transfer() {
        final int size = words.bits(2);
        final int kinds = size == 3 ? 2 : size == 2 ? 3 : 4;
        return size << 30 | words.random.nextInt(kinds) << 22;
    }

    private void unsigned() {
        words.emit(0x3900_0000 | transfer() | words.bits(5) << 10 | BASE << 5 | words.target());
    }

    /** LDUR, STUR and the unprivileged LDTR, STTR. */
    private void unscaled() {
        final int transfer = transfer();
        final int offset = words.bits(4) << (transfer >>> 30);
        final int unprivileged = words.bits(2) == 0 ? 2 << 10 : 0;
        words.emit(0x3800_0000 | transfer | offset << 12 | unprivileged | BASE << 5 | words.target());
    }

    private int pairOpcode() {
        final int opc = words.random.nextInt(3);
        return opc << 30 | (opc == 1 ? 1 << 22 : words.bits(1) << 22);
    }

    /** With an offset, or the non-temporal hint, which LDPSW has not. */
    private void pair() {
        final int opcode = pairOpcode();
        final int first = words.target();
        final int mode = opcode >>> 30 != 1 && words.bits(2) == 0 ? 0x2800_0000 : 0x2900_0000;
        words.emit(mode | opcode | words.bits(4) << 15 | words.targetBeside(first) << 10 | BASE << 5 | first);
    }

    /** From up to 15 double words before the instruction, aligned. */
    private void literal() {
        final int here = words.code.position();
        final int at = (here & -8) - words.bits(4) * 8;
        final int offset = (at - here >> 2 & 0x7ffff) << 5;
        words.emit(0x1800_0000 | words.random.nextInt(3) << 30 | offset | words.target());
    }

    /** Vector registers are only moved: B, H, S, D and Q, single, pairs and literals. */
    private void vector() {
        final int register = words.bits(5);
        switch (words.random.nextInt(3)) {
            case 0 -> {
                final int size = words.random.nextInt(5);
                final int opcode = (size & 3) << 30 | size >>> 2 << 23 | words.bits(1) << 22;
                words.emit(0x3d00_0000 | opcode | words.bits(4) << 10 | BASE << 5 | register);
            }
            case 1 -> {
                final int size = words.random.nextInt(3);
                final int second = register ^ 1;
                words.emit(0x2d00_0000
                        | size << 30
                        | words.bits(1) << 22
                        | words.bits(4) << 15
                        | second << 10
                        | BASE << 5
                        | register);
            }
            default -> {
                final int here = words.code.position();
                final int offset = ((here & -16) - here >> 2 & 0x7ffff) << 5;
                words.emit(0x1c00_0000 | words.random.nextInt(3) << 30 | offset | register);
            }
        }
    }

    private void prefetch() {
        words.emit(0xf980_0000 | words.bits(12) << 10 | BASE << 5 | words.bits(5));
    }

    private void acquireRelease() {
        words.emit(0x089f_fc00 | words.bits(2) << 30 | words.bits(1) << 22 | BASE << 5 | words.target());
    }

    private void writeBack() {
        final int transfer = transfer();
        words.copyBase(0);
        final int mode = words.pick(1, 3) << 10;
        final int offset = words.bits(3) << (transfer >>> 30) << 12;
        words.emit(0x3800_0000 | transfer | offset | mode | MOVING << 5 | words.targetBeside(MOVING));
    }

    private void pairWriteBack() {
        final int opcode = pairOpcode();
        final int first = words.targetBeside(MOVING);
        words.copyBase(1024);
        final int mode = words.pick(0x2880_0000, 0x2980_0000);
        words.emit(mode | opcode | words.bits(7) << 15 | words.targetBeside(MOVING, first) << 10 | MOVING << 5 | first);
    }

    private void registerOffset() {
        words.smallIndex();
        final int option = words.pick(2, 3, 6, 7) << 13;
        // Scaled, so that accesses stay aligned: with the MMU off all memory is Device.
        words.emit(0x3820_0800 | transfer() | MOVING << 16 | option | 1 << 12 | BASE << 5 | words.target());
    }

    /** LDXR or LDAXR and the matching store; sometimes CLREX comes between. */
    private void exclusive() {
        final int size = words.bits(2) << 30;
        final int order = words.bits(1) << 15;
        words.emit(0x085f_7c00 | size | order | BASE << 5 | words.target());
        maybeClear();
        final int value = words.target();
        words.emit(0x0800_7c00 | size | words.targetBeside(value) << 16 | order | BASE << 5 | value);
    }

    private void maybeClear() {
        if (words.bits(3) == 0) {
            words.emit(0xd503_3f5f);
        }
    }

    private void exclusivePair() {
        final int size = words.bits(1) << 30;
        final int order = words.bits(1) << 15;
        final int first = words.target();
        words.emit(0x887f_0000 | size | order | words.targetBeside(first) << 10 | BASE << 5 | first);
        maybeClear();
        final int low = words.target();
        final int high = words.target();
        final int status = words.targetBeside(low, high) << 16;
        words.emit(0x8820_0000 | size | status | order | high << 10 | BASE << 5 | low);
    }

    /** LSE: LDADD to LDUMIN, SWP, CAS with what memory holds every other time, CASP, LDAPR. */
    private void atomic() {
        final int size = words.bits(2) << 30;
        switch (words.random.nextInt(4)) {
            case 0, 1 ->
                words.emit(0x3820_0000
                        | size
                        | words.bits(2) << 22
                        | words.source() << 16
                        | words.random.nextInt(9) << 12
                        | BASE << 5
                        | words.target());
            case 2 -> {
                final int compared = words.target();
                if (words.random.nextBoolean()) {
                    words.emit(0x3940_0000 | size | BASE << 5 | compared);
                }
                final int order = words.bits(1) << 22 | words.bits(1) << 15;
                words.emit(0x08a0_7c00 | size | order | compared << 16 | BASE << 5 | words.source());
            }
            default -> {
                if (words.random.nextBoolean()) {
                    words.emit(0x38bf_c000 | size | BASE << 5 | words.target());
                    return;
                }
                final int wide = words.bits(1) << 30;
                final int compared = words.pick(0, 2, 4, 6, 10, 12, 20);
                if (words.random.nextBoolean()) {
                    words.emit(0x2940_0000 | wide << 1 | compared + 1 << 10 | BASE << 5 | compared);
                }
                words.emit(0x0820_7c00 | wide | compared << 16 | BASE << 5 | words.pick(14, 16, 18, 22, 24));
            }
        }
    }
}
