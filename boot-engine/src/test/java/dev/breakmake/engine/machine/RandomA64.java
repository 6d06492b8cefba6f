package dev.breakmake.engine.machine;

import static dev.breakmake.engine.machine.RandomWords.BASE;
import static dev.breakmake.engine.machine.RandomWords.MOVING;

/**
 * Bare-metal arm64 Images of random instructions of every class the engine executes: they never leave the image, touch only a page of their
 * own through X28, and begin again at their end with what the registers then hold. The same seed gives the same image.
 */
final class RandomA64 {

    private static final int HEADER_BYTES = 64;
    private static final int IMAGE_BYTES = 2 << 20;

    /** Offset of the scratch page from the start of the image. */
    static final int SCRATCH = 1 << 20;

    /** What a program is made of. */
    enum Flavour {
        /** Runs at EL2. */
        EL2(2, false, true),
        /** Drops to EL1 first. */
        EL1(1, false, true),
        /** Drops to EL0 first. */
        EL0(0, false, true),
        /** At EL2, with the atomics of FEAT_LSE, for a PE that has them. */
        ATOMICS(2, true, false);

        private final int level;
        private final boolean atomics;
        private final boolean sameModel;

        Flavour(final int level, final boolean atomics, final boolean sameModel) {
            this.level = level;
            this.atomics = atomics;
            this.sameModel = sameModel;
        }

        boolean atomics() {
            return atomics;
        }
    }

    private final RandomWords words;
    private final RandomA64Memory memory;
    private final RandomA64System system;

    private RandomA64(final long seed, final Flavour flavour) {
        words = new RandomWords(seed, SCRATCH);
        memory = new RandomA64Memory(words, flavour.atomics);
        system = new RandomA64System(words, flavour.level, flavour.sameModel);
    }

    /** An image with that many random instructions, some of which are short sequences. */
    static byte[] image(final long seed, final int instructions, final Flavour flavour) {
        final RandomA64 generator = new RandomA64(seed, flavour);
        generator.header();
        generator.system.enterLevel();
        generator.registers();
        final int start = generator.words.code.position();
        for (int i = 0; i < instructions; i++) {
            generator.instruction();
        }
        generator.end(start);
        return java.util.Arrays.copyOf(generator.words.code.array(), generator.words.code.position());
    }

    private void header() {
        words.code.putInt(0x1400_0000 | HEADER_BYTES / 4);
        words.code.putInt(0).putLong(0).putLong(IMAGE_BYTES).putLong(0xa);
        words.code.position(56);
        words.code.putInt(0x644d_5241).putInt(0);
    }

    private void registers() {
        for (int register = 0; register < 31; register++) {
            if (register != BASE) {
                // Small, large, negative and sparse values meet other corner cases than evenly random ones.
                final long value = words.random.nextLong() >> bitCount();
                words.constant(register, words.random.nextInt(4) == 0 ? value & words.random.nextLong() : value);
            }
        }
        // ADR X28, scratch page.
        final int offset = SCRATCH - words.code.position();
        words.emit(0x1000_0000 | (offset & 3) << 29 | (offset >> 2 & 0x7ffff) << 5 | BASE);
    }

    private int bitCount() {
        return words.random.nextInt(64);
    }

    /** Room for the last branch, then back to the start. */
    private void end(final int start) {
        for (int i = 0; i < 8; i++) {
            words.emit(0xd503_201f);
        }
        words.emit(0x1400_0000 | (start - words.code.position() >> 2) & 0x3ff_ffff);
    }

    private void emit(final int word) {
        words.emit(word);
    }

    private int bits(final int count) {
        return words.bits(count);
    }

    private int wide() {
        return words.wide();
    }

    private int source() {
        return words.source();
    }

    private int target() {
        return words.target();
    }

    /** One instruction or a short sequence that must not be entered in its middle. */
    private void instruction() {
        switch (words.random.nextInt(24)) {
            case 0, 1, 2, 3 -> memory.sequence();
            case 4, 5 -> branch();
            case 6 -> system.exception();
            default -> single();
        }
    }

    private void single() {
        switch (words.random.nextInt(26)) {
            case 0 -> addSubtractImmediate();
            case 1 -> logicalImmediate();
            case 2 -> moveWide();
            case 3 -> bitfield();
            case 4 -> extract();
            case 5, 6 -> addSubtractShifted();
            case 7 -> addSubtractExtended();
            case 8, 9 -> logicalShifted();
            case 10 -> emit(0x1a00_0000 | wide() | bits(2) << 29 | source() << 16 | source() << 5 | target());
            case 11 -> conditionalCompare();
            case 12 -> conditionalSelect();
            case 13 -> oneSource();
            case 14 -> twoSources();
            case 15 -> threeSources();
            case 16 -> emit(0x1000_0000 | bits(1) << 31 | bits(2) << 29 | bits(19) << 5 | target());
            case 17, 18, 19, 20 -> memory.single();
            case 21, 22 -> anyDataProcessing();
            default -> system.single();
        }
    }

    /** Any word of the data-processing space, so that what is not allocated there shows too; never with X28 as a destination. */
    private void anyDataProcessing() {
        final int group = words.pick(0x1000_0000, 0x1200_0000, 0x0a00_0000, 0x1a00_0000);
        final int word = words.random.nextInt() & ~0x1e00_0000 | group;
        emit((word & 31) == BASE ? word & ~31 | 27 : word);
    }

    /** Register 31 is SP here as a source and, without flags, as a target. */
    private void addSubtractImmediate() {
        emit(0x1100_0000 | wide() | bits(2) << 29 | bits(1) << 22 | bits(12) << 10 | source() << 5 | target());
    }

    private void logicalImmediate() {
        final int wide = wide();
        final int size = 1 << words.random.nextInt(1, wide == 0 ? 6 : 7);
        final int ones = words.random.nextInt(1, size);
        final int imms = (~(2 * size - 1) & 0x3f) | ones - 1;
        final int n = size == 64 ? 1 << 22 : 0;
        emit(0x1200_0000
                | wide
                | bits(2) << 29
                | n
                | words.random.nextInt(size) << 16
                | imms << 10
                | source() << 5
                | target());
    }

    private void moveWide() {
        final int wide = wide();
        final int operation = new int[] {0, 2, 3}[words.random.nextInt(3)];
        final int half = bits(wide == 0 ? 1 : 2);
        emit(0x1280_0000 | wide | operation << 29 | half << 21 | bits(16) << 5 | target());
    }

    private void bitfield() {
        final int wide = wide();
        final int width = wide == 0 ? 5 : 6;
        final int n = wide == 0 ? 0 : 1 << 22;
        final int operation = words.random.nextInt(3) << 29;
        emit(0x1300_0000 | wide | operation | n | bits(width) << 16 | bits(width) << 10 | source() << 5 | target());
    }

    private void extract() {
        final int wide = wide();
        final int n = wide == 0 ? 0 : 1 << 22;
        emit(0x1380_0000 | wide | n | source() << 16 | bits(wide == 0 ? 5 : 6) << 10 | source() << 5 | target());
    }

    private void addSubtractShifted() {
        final int wide = wide();
        emit(0x0b00_0000
                | wide
                | bits(2) << 29
                | words.random.nextInt(3) << 22
                | source() << 16
                | bits(wide == 0 ? 5 : 6) << 10
                | source() << 5
                | target());
    }

    private void addSubtractExtended() {
        emit(0x0b20_0000
                | wide()
                | bits(2) << 29
                | source() << 16
                | bits(3) << 13
                | words.random.nextInt(5) << 10
                | source() << 5
                | target());
    }

    private void logicalShifted() {
        final int wide = wide();
        emit(0x0a00_0000
                | wide
                | bits(2) << 29
                | bits(2) << 22
                | bits(1) << 21
                | source() << 16
                | bits(wide == 0 ? 5 : 6) << 10
                | source() << 5
                | target());
    }

    private void conditionalCompare() {
        emit(0x3a40_0000
                | wide()
                | bits(1) << 30
                | source() << 16
                | bits(4) << 12
                | bits(1) << 11
                | source() << 5
                | bits(4));
    }

    private void conditionalSelect() {
        emit(0x1a80_0000
                | wide()
                | bits(1) << 30
                | source() << 16
                | bits(4) << 12
                | bits(1) << 10
                | source() << 5
                | target());
    }

    /** RBIT, REV16, REV (32), REV or REV32, CLZ, CLS. */
    private void oneSource() {
        final int wide = wide();
        final int operation = new int[] {0, 1, 2, wide == 0 ? 2 : 3, 4, 5}[words.random.nextInt(6)];
        emit(0x5ac0_0000 | wide | operation << 10 | source() << 5 | target());
    }

    /** UDIV, SDIV, LSLV, LSRV, ASRV, RORV and the CRC32 family. */
    private void twoSources() {
        if (words.random.nextInt(4) == 0) {
            final int size = bits(2);
            final int wide = size == 3 ? 1 << 31 : 0;
            emit(0x1ac0_4000 | wide | source() << 16 | bits(1) << 12 | size << 10 | source() << 5 | target());
            return;
        }
        final int operation = new int[] {2, 3, 8, 9, 10, 11}[words.random.nextInt(6)];
        emit(0x1ac0_0000 | wide() | source() << 16 | operation << 10 | source() << 5 | target());
    }

    /** MADD, MSUB and the long and high multiplications. */
    private void threeSources() {
        final int operands = source() << 16 | bits(1) << 15 | source() << 10 | source() << 5 | target();
        switch (words.random.nextInt(4)) {
            case 0 -> emit(0x1b00_0000 | wide() | operands);
            case 1 -> emit(0x9b20_0000 | operands);
            case 2 -> emit(0x9ba0_0000 | operands);
            default ->
                emit((words.random.nextBoolean() ? 0x9b40_0000 : 0x9bc0_0000) | (operands & ~(1 << 15) | 0x1f << 10));
        }
    }

    /** Forward over at most three single instructions, so that every program ends. */
    private void branch() {
        final int offset = words.random.nextInt(1, 5);
        switch (words.random.nextInt(5)) {
            case 0 -> emit(0x5400_0000 | offset << 5 | bits(4));
            case 1 -> emit(0x3400_0000 | wide() | bits(1) << 24 | offset << 5 | source());
            case 2 -> emit(0x3600_0000 | bits(1) << 31 | bits(1) << 24 | bits(5) << 19 | offset << 5 | source());
            case 3 -> emit(0x9400_0000 | offset);
            default -> {
                // ADR X9, the target; BR, BLR or RET X9.
                emit(0x1000_0000 | (offset + 1) << 5 | MOVING);
                emit(new int[] {0xd61f_0000, 0xd63f_0000, 0xd65f_0000}[words.random.nextInt(3)] | MOVING << 5);
            }
        }
        for (int i = 1; i < offset; i++) {
            single();
        }
    }
}
