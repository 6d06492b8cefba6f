package dev.breakmake.engine.machine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;

/**
 * Bare-metal arm64 Images of random instructions of every class the engine executes: they never leave the image, touch only a page of their
 * own through X28, and end in a loop that changes a register. The same seed gives the same image.
 */
final class RandomA64 {

    private static final int HEADER_BYTES = 64;
    private static final int IMAGE_BYTES = 2 << 20;

    /** Offset of the scratch page from the start of the image. */
    private static final int SCRATCH = 1 << 20;

    /** Holds the address of the scratch page and is no one's destination. */
    private static final int BASE = 28;

    private static final int ZERO = 31;

    private final SplittableRandom random;
    private final ByteBuffer code;

    private RandomA64(final long seed) {
        random = new SplittableRandom(seed);
        code = ByteBuffer.allocate(SCRATCH).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** An image with that many random instructions, some of which are short sequences. */
    static byte[] image(final long seed, final int instructions) {
        final RandomA64 generator = new RandomA64(seed);
        generator.header();
        generator.registers();
        for (int i = 0; i < instructions; i++) {
            generator.instruction();
        }
        generator.end();
        return java.util.Arrays.copyOf(generator.code.array(), generator.code.position());
    }

    private void header() {
        code.putInt(0x1400_0000 | HEADER_BYTES / 4);
        code.putInt(0).putLong(0).putLong(IMAGE_BYTES).putLong(0xa);
        code.position(56);
        code.putInt(0x644d_5241).putInt(0);
    }

    private void registers() {
        for (int register = 0; register < 31; register++) {
            if (register != BASE) {
                // Small, large, negative and sparse values meet other corner cases than evenly random ones.
                final long value = random.nextLong() >> random.nextInt(64);
                constant(register, random.nextInt(4) == 0 ? value & random.nextLong() : value);
            }
        }
        // ADR X28, scratch page.
        final int offset = SCRATCH - code.position();
        code.putInt(0x1000_0000 | (offset & 3) << 29 | (offset >> 2 & 0x7ffff) << 5 | BASE);
    }

    private void constant(final int register, final long value) {
        for (int half = 0; half < 4; half++) {
            final int immediate = (int) (value >>> 16 * half) & 0xffff;
            code.putInt((half == 0 ? 0xd280_0000 : 0xf280_0000) | half << 21 | immediate << 5 | register);
        }
    }

    /** sub x0, x0, #1; b back: QEMU's log tells records apart by their registers. */
    private void end() {
        for (int i = 0; i < 8; i++) {
            code.putInt(0xd503_201f);
        }
        code.putInt(0xd100_0400);
        code.putInt(0x17ff_ffff);
    }

    private int bits(final int count) {
        return random.nextInt(1 << count);
    }

    private int wide() {
        return bits(1) << 31;
    }

    private int source() {
        return random.nextInt(32);
    }

    private int target() {
        final int register = random.nextInt(31);
        return register == BASE ? ZERO : register;
    }

    /** One instruction or a short sequence that must not be entered in its middle. */
    private void instruction() {
        switch (random.nextInt(12)) {
            case 0 -> loadStoreWriteBack();
            case 1 -> exclusive();
            case 2 -> branch();
            default -> single();
        }
    }

    private void single() {
        switch (random.nextInt(21)) {
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
            case 17 -> loadStoreUnsigned();
            case 18 -> loadStoreUnscaled();
            case 19 -> loadStorePair();
            default -> system();
        }
    }

    private void emit(final int word) {
        code.putInt(word);
    }

    /** Register 31 is SP here as a source and, without flags, as a target. */
    private void addSubtractImmediate() {
        emit(0x1100_0000 | wide() | bits(2) << 29 | bits(1) << 22 | bits(12) << 10 | source() << 5 | target());
    }

    private void logicalImmediate() {
        final int wide = wide();
        final int size = 1 << random.nextInt(1, wide == 0 ? 6 : 7);
        final int ones = random.nextInt(1, size);
        final int imms = (~(2 * size - 1) & 0x3f) | ones - 1;
        final int n = size == 64 ? 1 << 22 : 0;
        emit(0x1200_0000
                | wide
                | bits(2) << 29
                | n
                | random.nextInt(size) << 16
                | imms << 10
                | source() << 5
                | target());
    }

    private void moveWide() {
        final int wide = wide();
        final int operation = new int[] {0, 2, 3}[random.nextInt(3)];
        final int half = bits(wide == 0 ? 1 : 2);
        emit(0x1280_0000 | wide | operation << 29 | half << 21 | bits(16) << 5 | target());
    }

    private void bitfield() {
        final int wide = wide();
        final int width = wide == 0 ? 5 : 6;
        final int n = wide == 0 ? 0 : 1 << 22;
        final int operation = random.nextInt(3) << 29;
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
                | random.nextInt(3) << 22
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
                | random.nextInt(5) << 10
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
        final int operation = new int[] {0, 1, 2, wide == 0 ? 2 : 3, 4, 5}[random.nextInt(6)];
        emit(0x5ac0_0000 | wide | operation << 10 | source() << 5 | target());
    }

    /** UDIV, SDIV, LSLV, LSRV, ASRV, RORV and the CRC32 family. */
    private void twoSources() {
        if (random.nextInt(4) == 0) {
            final int size = bits(2);
            final int wide = size == 3 ? 1 << 31 : 0;
            emit(0x1ac0_4000 | wide | source() << 16 | bits(1) << 12 | size << 10 | source() << 5 | target());
            return;
        }
        final int operation = new int[] {2, 3, 8, 9, 10, 11}[random.nextInt(6)];
        emit(0x1ac0_0000 | wide() | source() << 16 | operation << 10 | source() << 5 | target());
    }

    /** MADD, MSUB and the long and high multiplications. */
    private void threeSources() {
        final int operands = source() << 16 | bits(1) << 15 | source() << 10 | source() << 5 | target();
        switch (random.nextInt(4)) {
            case 0 -> emit(0x1b00_0000 | wide() | operands);
            case 1 -> emit(0x9b20_0000 | operands);
            case 2 -> emit(0x9ba0_0000 | operands);
            default -> emit((random.nextBoolean() ? 0x9b40_0000 : 0x9bc0_0000) | (operands & ~(1 << 15) | 0x1f << 10));
        }
    }

    /** Size and opc of a load or store of a general register that exists: no PRFM, no 32-bit LDRSW. */
    private int transfer() {
        final int size = bits(2);
        final int kinds = size == 3 ? 2 : size == 2 ? 3 : 4;
        return size << 30 | random.nextInt(kinds) << 22;
    }

    private void loadStoreUnsigned() {
        final int transfer = transfer();
        emit(0x3900_0000 | transfer | bits(5) << 10 | BASE << 5 | target());
    }

    private void loadStoreUnscaled() {
        final int transfer = transfer();
        final int offset = bits(4) << (transfer >>> 30);
        emit(0x3800_0000 | transfer | offset << 12 | BASE << 5 | target());
    }

    private void loadStorePair() {
        final int opc = random.nextInt(3);
        final int load = opc == 1 ? 1 << 22 : bits(1) << 22;
        final int first = target();
        int second = target();
        while (second == first) {
            second = target();
        }
        emit(0x2900_0000 | opc << 30 | load | bits(4) << 15 | second << 10 | BASE << 5 | first);
    }

    /** A copy of the base, then a post- or pre-indexed access through it. */
    private void loadStoreWriteBack() {
        final int transfer = transfer();
        final int base = 9;
        int register = target();
        while (register == base) {
            register = target();
        }
        emit(0x9100_0000 | BASE << 5 | base);
        final int mode = random.nextBoolean() ? 1 : 3;
        emit(0x3800_0000 | transfer | (bits(3) << (transfer >>> 30)) << 12 | mode << 10 | base << 5 | register);
    }

    /** LDXR or LDAXR and the matching store, or a load-acquire or store-release. */
    private void exclusive() {
        final int size = bits(2) << 30;
        final int order = bits(1) << 15;
        if (random.nextBoolean()) {
            emit(0x089f_fc00 | size | bits(1) << 22 | BASE << 5 | target());
            return;
        }
        emit(0x085f_7c00 | size | order | BASE << 5 | target());
        int status = target();
        final int value = target();
        while (status == value) {
            status = target();
        }
        emit(0x0800_7c00 | size | status << 16 | order | BASE << 5 | value);
    }

    /** Forward over at most three single instructions, so that every program ends. */
    private void branch() {
        final int offset = random.nextInt(1, 5);
        switch (random.nextInt(5)) {
            case 0 -> emit(0x5400_0000 | offset << 5 | bits(4));
            case 1 -> emit(0x3400_0000 | wide() | bits(1) << 24 | offset << 5 | source());
            case 2 -> emit(0x3600_0000 | bits(1) << 31 | bits(1) << 24 | bits(5) << 19 | offset << 5 | source());
            case 3 -> emit(0x9400_0000 | offset);
            default -> {
                // ADR X9, the target; BR, BLR or RET X9.
                emit(0x1000_0000 | (offset + 1) << 5 | 9);
                emit(new int[] {0xd61f_0000, 0xd63f_0000, 0xd65f_0000}[random.nextInt(3)] | 9 << 5);
            }
        }
        for (int i = 1; i < offset; i++) {
            single();
        }
    }

    /** NZCV both ways, identification registers, barriers and hints. */
    private void system() {
        switch (random.nextInt(6)) {
            case 0 -> emit(0xd53b_4200 | target());
            case 1 -> emit(0xd51b_4200 | source());
            case 2 -> emit(0xd538_4240 | target());
            case 3 -> emit(0xd53b_0020 | target());
            case 4 -> emit(new int[] {0xd503_3f9f, 0xd503_3bbf, 0xd503_3fdf, 0xd503_3f5f}[random.nextInt(4)]);
            default -> emit(0xd503_201f);
        }
    }
}
