package dev.breakmake.engine.machine;

import static dev.breakmake.engine.machine.RandomWords.BASE;

import java.util.List;

/**
 * Random A64 system instructions: special registers, exceptions with a handler that skips what raised them, hints, barriers, cache and
 * TLB maintenance, address translation.
 */
final class RandomA64System {

    /** Branches count single instructions: each of them is one word. */
    private static final int NOP = 0xd503_201f;

    /** Bytes of a vector table. */
    private static final int VECTORS = 0x800;

    /** 16-bit encodings of MRS and MSR. Registers that only hold what is written: TPIDR_EL0, TPIDRRO_EL0, TPIDR_EL1, CONTEXTIDR_EL1, MAIR_EL1, FAR_EL1. */
    private static final int[] HELD = {0xde82, 0xde83, 0xc684, 0xc681, 0xc510, 0xc300};

    /** The same at EL2: TPIDR_EL2, MAIR_EL2, FAR_EL2, ELR_EL1, SP_EL0, SP_EL1, VBAR_EL1 is written with care elsewhere. */
    private static final int[] HELD_EL2 = {0xe682, 0xe510, 0xe300, 0xc201, 0xc208, 0xe208};

    /** Identification registers of the PE and of its caches, CurrentEL, SPSel. */
    private static final int[] READ_ONLY = {
        0xc000, 0xc005, 0xc020, 0xc021, 0xc028, 0xc030, 0xc038, 0xc039, 0xc008, 0xc00c, 0xc010, 0xc014, 0xc801, 0xc212,
        0xc210, 0xd801, 0xd807
    };

    private final RandomWords words;
    private final int level;
    private final boolean sameModel;

    /**
     * A generator.
     *
     * @param level exception level the program runs at
     * @param sameModel whether the identification registers are those of the other machine
     */
    RandomA64System(final RandomWords words, final int level, final boolean sameModel) {
        this.words = words;
        this.level = level;
        this.sameModel = sameModel;
    }

    /** Where a program of that level starts: vectors for EL2 and EL1, and the way down. */
    void enterLevel() {
        final int code = words.code.position();
        final int vectors = code + 64 + VECTORS - 1 & -VECTORS;
        // b over the vectors.
        words.emit(0x1400_0000 | (vectors + 2 * VECTORS - code) / 4);
        handlers(vectors, List.of(0xd53c_4029, 0x9100_1129, 0xd51c_4029, 0xd53c_5209, 0xd53c_4009, 0xd69f_03e0));
        handlers(
                vectors + VECTORS,
                List.of(0xd538_4029, 0x9100_1129, 0xd518_4029, 0xd538_5209, 0xd538_4009, 0xd69f_03e0));
        words.code.position(vectors + 2 * VECTORS);
        vectorBase(vectors, 0xd51c_c009);
        vectorBase(vectors + VECTORS, 0xd518_c009);
        // HCR_EL2.RW: EL1 is AArch64.
        words.constant(9, 1L << 31);
        words.emit(0xd51c_1109);
        if (level < 2) {
            // SPSR_EL2: EL1h or EL0t with all masked; ELR_EL2 behind the ERET.
            words.constant(9, level == 1 ? 0x3c5 : 0x3c0);
            words.emit(0xd51c_4009);
            words.emit(0x1000_0069);
            words.emit(0xd51c_4029);
            words.emit(0xd69f_03e0);
        }
    }

    /** All sixteen vectors: skip the instruction, look at the syndrome and the saved status, return. */
    private void handlers(final int at, final List<Integer> handler) {
        for (int vector = 0; vector < 16; vector++) {
            words.code.position(at + vector * 0x80);
            handler.forEach(words::emit);
        }
    }

    /** adr x9, vectors; msr VBAR, x9. */
    private void vectorBase(final int vectors, final int msr) {
        final int offset = vectors - words.code.position();
        words.emit(0x1000_0000 | (offset >> 2 & 0x7ffff) << 5 | 9);
        words.emit(msr);
    }

    /** One instruction. */
    void single() {
        switch (words.random.nextInt(10)) {
            case 0 -> words.emit(0xd53b_4200 | words.target());
            case 1 -> words.emit(0xd51b_4200 | words.source());
            case 2 -> write(words.pick(HELD));
            case 3 -> read(words.pick(HELD));
            case 4 -> hintOrBarrier();
            case 5 -> maintenance();
            case 6 -> {
                if (level == 2 && words.random.nextBoolean()) {
                    write(words.pick(HELD_EL2));
                } else {
                    read(words.pick(level == 2 ? HELD_EL2 : HELD));
                }
            }
            case 7 -> {
                if (sameModel) {
                    read(words.pick(READ_ONLY));
                } else {
                    words.emit(NOP);
                }
            }
            case 8 -> masks();
            default -> undefined();
        }
    }

    /** An instruction that raises an exception; behind a call stands what the handler skips. */
    void exception() {
        switch (words.random.nextInt(4)) {
            case 0 -> call(0xd400_0001);
            case 1 -> call(0xd400_0002);
            case 2 -> words.emit(0xd420_0000 | words.bits(16) << 5);
            default -> undefined();
        }
    }

    private void call(final int kind) {
        words.emit(kind | words.bits(16) << 5);
        words.emit(NOP);
    }

    /** UDF and a few encodings that are allocated nowhere. */
    private void undefined() {
        words.emit(words.pick(words.bits(16), 0x0200_0000, 0xd503_3010, 0x9b60_8000, 0x5ac0_fc00));
    }

    private void read(final int register) {
        words.emit(0xd520_0000 | register << 5 | words.target());
    }

    private void write(final int register) {
        words.emit(0xd500_0000 | register << 5 | words.source());
    }

    /**
     * The masks may change as nothing interrupts; PSTATE.SP swaps the stack pointer. Not at EL0, where they trap: QEMU 7.2 exchanges op1
     * and op2 in that syndrome.
     */
    private void masks() {
        words.emit(level > 0 ? words.pick(0xd503_40df, 0xd503_40ff, 0xd500_40bf) | words.bits(4) << 8 : NOP);
    }

    /** Hints include the NOP space of pointer authentication: PACIASP, AUTIASP, XPACLRI. */
    private void hintOrBarrier() {
        words.emit(words.pick(
                0xd503_201f,
                0xd503_203f,
                0xd503_209f,
                0xd503_20bf,
                0xd503_233f,
                0xd503_23bf,
                0xd503_20ff,
                0xd503_229f,
                0xd503_3f9f,
                0xd503_3bbf,
                0xd503_3fdf,
                0xd503_3f5f,
                0xd503_30ff,
                0xd503_39bf,
                0xd503_3a9f));
    }

    /**
     * DC and IC by address of the scratch page, IC IALLU, TLBI of this level and below, AT. PAR_EL1 is not looked at: with the MMU off QEMU
     * 7.2 leaves its SH field 0 where the architecture has 0b10 for Device memory; whole boots compare it with the MMU on.
     */
    private void maintenance() {
        words.emit(words.pick(
                0xd50b_7a20 | BASE, // DC CVAC
                0xd50b_7b20 | BASE, // DC CVAU
                0xd50b_7e20 | BASE, // DC CIVAC
                0xd508_7620 | BASE, // DC IVAC
                0xd50b_7520 | BASE, // IC IVAU
                0xd508_751f, // IC IALLU
                0xd508_711f, // IC IALLUIS
                0xd508_871f, // TLBI VMALLE1
                0xd508_8320 | BASE, // TLBI VAE1IS
                0xd508_87a0 | BASE, // TLBI VALE1
                0xd508_8740 | BASE, // TLBI ASIDE1
                0xd508_83e0 | BASE, // TLBI VAALE1IS
                0xd50c_871f, // TLBI ALLE2
                0xd50c_8720 | BASE, // TLBI VAE2
                0xd50c_83a0 | BASE, // TLBI VALE2IS
                0xd50c_879f, // TLBI ALLE1
                0xd50c_83df, // TLBI VMALLS12E1IS
                0xd50c_8420 | BASE, // TLBI IPAS2E1
                0xd50c_80a0 | BASE, // TLBI IPAS2LE1IS
                0xd508_7800 | BASE, // AT S1E1R
                0xd508_7820 | BASE, // AT S1E1W
                0xd508_7840 | BASE, // AT S1E0R
                0xd50c_7800 | BASE, // AT S1E2R
                0xd50c_7820 | BASE, // AT S1E2W
                0xd50c_7880 | BASE, // AT S12E1R
                0xd50c_78e0 | BASE)); // AT S12E0W
    }
}
