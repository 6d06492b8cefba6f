package dev.breakmake.engine.machine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;

/**
 * Bare-metal zImages of random A32 instructions of every class the engine executes, entered in Hyp mode: they never leave the image,
 * touch only a page of their own through R11, and begin again at their end with what the registers then hold. The same seed gives the
 * same image.
 */
final class RandomA32 {

    private static final int HEADER_BYTES = 64;

    /** Offset of the scratch page from the start of the image. */
    static final int SCRATCH = 2 << 20;

    /** Holds the address of the scratch page and is no one's destination. */
    private static final int BASE = 11;

    /** Where sequences keep an address they change. */
    private static final int MOVING = 10;

    private static final int ALWAYS = 0xe000_0000;
    private static final int SET = 1 << 20;

    private final SplittableRandom random;
    private final ByteBuffer code;

    private RandomA32(final long seed) {
        random = new SplittableRandom(seed);
        code = ByteBuffer.allocate(SCRATCH + 4096).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** An image with that many random instructions, some of which are short sequences. */
    static byte[] image(final long seed, final int instructions) {
        final RandomA32 generator = new RandomA32(seed);
        generator.header();
        generator.registers();
        final int start = generator.code.position();
        for (int i = 0; i < instructions; i++) {
            generator.instruction();
        }
        generator.end(start);
        return generator.code.array();
    }

    private void header() {
        code.putInt(0xea00_0000 | HEADER_BYTES / 4 - 2);
        code.putInt(36, 0x016f_2818).putInt(40, 0).putInt(44, SCRATCH + 4096);
        code.position(HEADER_BYTES);
    }

    private void registers() {
        // sub r11, pc, #8: the address of the instruction itself; from there to the start of the image and to the
        // scratch page.
        final int here = code.position();
        emit(0xe24f_b008);
        emit(0xe24b_b000 | here);
        emit(0xe28b_b602);
        // FPEXC.EN, so that vector registers may be moved.
        emit(0xe3a0_0101);
        emit(0xeee8_0a10);
        for (int register = 0; register < 15; register++) {
            if (register != BASE) {
                final int value = random.nextInt() >> random.nextInt(32);
                constant(register, random.nextInt(4) == 0 ? value & random.nextInt() : value);
            }
        }
    }

    private void constant(final int register, final int value) {
        emit(0xe300_0000 | (value & 0xf000) << 4 | register << 12 | value & 0xfff);
        emit(0xe340_0000 | (value >>> 12 & 0xf0000) | register << 12 | value >>> 16 & 0xfff);
    }

    /** Room for the last branch, then back to the start. */
    private void end(final int start) {
        for (int i = 0; i < 8; i++) {
            emit(0xe320_f000);
        }
        emit(0xea00_0000 | (start - code.position() - 8 >> 2) & 0xff_ffff);
    }

    private void emit(final int word) {
        code.putInt(word);
    }

    private int bits(final int count) {
        return random.nextInt(1 << count);
    }

    private int condition() {
        return random.nextInt(3) == 0 ? random.nextInt(15) << 28 : ALWAYS;
    }

    private int source() {
        return random.nextInt(15);
    }

    private int target() {
        final int register = random.nextInt(15);
        return register == BASE ? 12 : register;
    }

    private int other(final int... taken) {
        int register = target();
        while (RandomWords.contains(taken, register)) {
            register = target();
        }
        return register;
    }

    private int pick(final int... values) {
        return values[random.nextInt(values.length)];
    }

    /** One instruction or a short sequence that must not be entered in its middle. */
    private void instruction() {
        switch (random.nextInt(14)) {
            case 0 -> writeBack();
            case 1 -> exclusive();
            case 2 -> branch();
            case 3 -> block();
            default -> single();
        }
    }

    private void single() {
        switch (random.nextInt(18)) {
            case 0, 1 -> immediate();
            case 2, 3 -> shiftedByImmediate();
            case 4 -> shiftedByRegister();
            case 5 -> emit(condition() | pick(0x0300_0000, 0x0340_0000) | bits(4) << 16 | target() << 12 | bits(12));
            case 6 -> multiply();
            case 7 -> multiplyHalves();
            case 8 -> multiplyMedia();
            case 9 -> extend();
            case 10 -> bitField();
            case 11 -> saturate();
            case 12 -> parallel();
            case 13, 14 -> loadStore();
            case 15 -> vector();
            default -> system();
        }
    }

    /** Opcode, S and first operand; compares have S and no destination. */
    private int operation(final boolean pc) {
        final int opcode = bits(4);
        final boolean compare = opcode >>> 2 == 2;
        final boolean move = opcode == 13 || opcode == 15;
        final int first = move ? 0 : pc && bits(4) == 0 ? 15 : source();
        return condition() | opcode << 21 | (compare ? SET : bits(1) << 20 | target() << 12) | first << 16;
    }

    private void immediate() {
        emit(operation(true) | 1 << 25 | bits(12));
    }

    private void shiftedByImmediate() {
        emit(operation(true) | bits(5) << 7 | bits(2) << 5 | (bits(4) == 0 ? 15 : source()));
    }

    private void shiftedByRegister() {
        emit(operation(false) | source() << 8 | bits(2) << 5 | 1 << 4 | source());
    }

    private void multiply() {
        final int low = target();
        final int high = other(low);
        final int operands = source() << 8 | 0x90 | source();
        switch (random.nextInt(8)) {
            case 0 -> emit(condition() | bits(1) << 20 | high << 16 | operands);
            case 1 -> emit(condition() | 0x0020_0000 | bits(1) << 20 | high << 16 | source() << 12 | operands);
            case 2 -> emit(condition() | 0x0040_0000 | high << 16 | low << 12 | operands);
            case 3 -> emit(condition() | 0x0060_0000 | high << 16 | source() << 12 | operands);
            default ->
                emit(condition() | 0x0080_0000 | bits(2) << 21 | bits(1) << 20 | high << 16 | low << 12 | operands);
        }
    }

    /** SMLA, SMLAW, SMULW, SMLAL and SMUL of halves; QADD, QSUB, QDADD, QDSUB. */
    private void multiplyHalves() {
        final int low = target();
        final int high = other(low);
        final int halves = bits(2) << 5;
        switch (random.nextInt(6)) {
            case 0 -> emit(condition() | 0x0100_0080 | high << 16 | source() << 12 | source() << 8 | halves | source());
            case 1 ->
                emit(condition()
                        | 0x0120_0080
                        | high << 16
                        | source() << 12
                        | source() << 8
                        | halves & 0x40
                        | source());
            case 2 -> emit(condition() | 0x0120_00a0 | high << 16 | source() << 8 | halves & 0x40 | source());
            case 3 -> emit(condition() | 0x0140_0080 | high << 16 | low << 12 | source() << 8 | halves | source());
            case 4 -> emit(condition() | 0x0160_0080 | high << 16 | source() << 8 | halves | source());
            default -> emit(condition() | 0x0100_0050 | bits(2) << 21 | source() << 16 | low << 12 | source());
        }
    }

    /** SMLAD, SMLSD and their long forms, SMMLA, SMMLS, SDIV, UDIV, USADA8. */
    private void multiplyMedia() {
        final int low = target();
        final int high = other(low);
        final int accumulator = bits(2) == 0 ? 15 : source();
        final int operands = source() << 8 | source();
        switch (random.nextInt(6)) {
            case 0 -> emit(condition() | 0x0700_0010 | bits(2) << 5 | high << 16 | accumulator << 12 | operands);
            case 1 -> emit(condition() | 0x0740_0010 | bits(2) << 5 | high << 16 | low << 12 | operands);
            case 2 -> emit(condition() | 0x0750_0010 | bits(1) << 5 | high << 16 | accumulator << 12 | operands);
            case 3 -> emit(condition() | 0x0750_00d0 | bits(1) << 5 | high << 16 | source() << 12 | operands);
            case 4 -> emit(condition() | pick(0x0710_f010, 0x0730_f010) | high << 16 | operands);
            default -> emit(condition() | 0x0780_0010 | high << 16 | accumulator << 12 | operands);
        }
    }

    /** Extensions with and without addition, reversals, PKH, SEL, CLZ. */
    private void extend() {
        final int target = target() << 12;
        switch (random.nextInt(5)) {
            case 0, 1 -> {
                final int kind = pick(0x0680_0070, 0x06a0_0070, 0x06b0_0070, 0x06c0_0070, 0x06e0_0070, 0x06f0_0070);
                emit(condition()
                        | kind
                        | (random.nextBoolean() ? 15 : source()) << 16
                        | target
                        | bits(2) << 10
                        | source());
            }
            case 2 ->
                emit(condition()
                        | pick(0x06bf_0f30, 0x06bf_0fb0, 0x06ff_0f30, 0x06ff_0fb0, 0x016f_0f10)
                        | target
                        | source());
            case 3 ->
                emit(condition() | 0x0680_0010 | source() << 16 | target | bits(5) << 7 | bits(1) << 6 | source());
            default -> emit(condition() | 0x0680_0fb0 | source() << 16 | target | source());
        }
    }

    private void bitField() {
        final int low = bits(5);
        final int target = target() << 12;
        if (random.nextBoolean()) {
            final int width = random.nextInt(32 - low);
            emit(condition() | pick(0x07a0_0050, 0x07e0_0050) | width << 16 | target | low << 7 | source());
        } else {
            final int high = random.nextInt(low, 32);
            emit(condition() | 0x07c0_0010 | high << 16 | target | low << 7 | (bits(2) == 0 ? 15 : source()));
        }
    }

    private void saturate() {
        final int target = target() << 12;
        final int kind = pick(0x06a0_0010, 0x06e0_0010);
        if (random.nextBoolean()) {
            emit(condition() | kind | bits(5) << 16 | target | bits(5) << 7 | bits(1) << 6 | source());
        } else {
            emit(condition() | kind | bits(4) << 16 | target | 0xf20 | source());
        }
    }

    private void parallel() {
        final int prefix = pick(1, 2, 3, 5, 6, 7) << 20;
        final int operation = pick(0, 1, 2, 3, 4, 7) << 5;
        emit(condition() | 0x0600_0f10 | prefix | operation | source() << 16 | target() << 12 | source());
    }

    /** A load or store of any size with an immediate offset within the scratch page. */
    private void loadStore() {
        final int offset = bits(9);
        final int register = target();
        final int even = register & 0xe;
        switch (random.nextInt(6)) {
            case 0 -> emit(condition() | 0x0580_0000 | bits(1) << 20 | BASE << 16 | register << 12 | offset << 2);
            case 1 -> emit(condition() | 0x05c0_0000 | bits(1) << 20 | BASE << 16 | register << 12 | offset);
            case 2 -> emit(condition() | split(0x01c0_00b0, offset & 0x7f, 1) | bits(1) << 20 | register << 12);
            case 3 -> emit(condition() | split(0x01d0_00d0, offset & 0xff, 0) | register << 12);
            case 4 -> emit(condition() | split(0x01d0_00f0, offset & 0x7f, 1) | register << 12);
            default -> {
                if (even < 10 || even == 12) {
                    emit(condition() | split(pick(0x01c0_00d0, 0x01c0_00f0), offset & 0x1f, 3) | even << 12);
                }
            }
        }
    }

    private static int split(final int kind, final int number, final int shift) {
        final int offset = number << shift;
        return kind | BASE << 16 | (offset & 0xf0) << 4 | offset & 15;
    }

    /** add r10, r11, #middle; a load or store that moves r10 by an immediate or by a register. */
    private void writeBack() {
        emit(0xe28b_ac02);
        final int register = other(MOVING, 12);
        final boolean byRegister = random.nextBoolean();
        if (byRegister) {
            // and r12, r12, #0x7c: a small index.
            emit(0xe20c_c07c);
        }
        final int mode = pick(0x0120_0000, 0x0000_0000, 0x0100_0000) | bits(1) << 23 | bits(1) << 20;
        if (random.nextBoolean()) {
            final int offset = byRegister ? 1 << 25 | bits(1) << 7 | 12 : bits(6) << 2;
            emit(condition() | 0x0400_0000 | mode | bits(1) << 22 | MOVING << 16 | register << 12 | offset);
        } else {
            final int offset = byRegister ? 12 : 1 << 22 | bits(4) << 8 | bits(2) << 2;
            emit(condition() | mode | 0x90 | 0x20 | MOVING << 16 | register << 12 | offset);
        }
    }

    /** add r10, r11, #middle; LDM or STM of any list in any direction. */
    private void block() {
        emit(0xe28b_ac02);
        final boolean load = random.nextBoolean();
        final boolean back = random.nextBoolean();
        int list = bits(15);
        if (load) {
            list &= ~(1 << BASE);
        }
        if (back) {
            list &= ~(1 << MOVING);
        }
        if (list == 0) {
            list = 1;
        }
        emit(condition() | 0x0800_0000 | bits(2) << 23 | (back ? 1 << 21 : 0) | (load ? SET : 0) | MOVING << 16 | list);
    }

    /** A load exclusive and the matching store, on the start of the scratch page. */
    private void exclusive() {
        final int size = pick(0, 1, 2, 3);
        final boolean pair = size == 1;
        final int loaded = pair ? pick(0, 2, 4, 6, 8) : target();
        emit(ALWAYS | 0x0190_0f9f | size << 21 | BASE << 16 | loaded << 12);
        final int value = pair ? pick(0, 2, 4, 6, 8) : target();
        final int status = other(value, pair ? value + 1 : value);
        emit(ALWAYS | 0x0180_0f90 | size << 21 | BASE << 16 | status << 12 | value);
    }

    /** Forward over at most three single instructions, so that every program ends. */
    private void branch() {
        final int over = random.nextInt(1, 4);
        switch (random.nextInt(3)) {
            case 0 -> emit(condition() | 0x0a00_0000 | over - 1);
            case 1 -> emit(condition() | 0x0b00_0000 | over - 1);
            default -> {
                // add r12, pc, #behind; bx, blx or mov pc, r12.
                emit(0xe28f_c000 | over << 2);
                emit(condition() | pick(0x012f_ff1c, 0x012f_ff3c, 0x01a0_f00c));
            }
        }
        final int end = code.position() + over * 4;
        while (code.position() < end) {
            final int before = code.position();
            single();
            if (code.position() > before + 4) {
                throw new IllegalStateException("a single instruction is longer than one word");
            }
        }
    }

    /** Moves between core and vector registers, loads and stores of vector registers. */
    private void vector() {
        final int first = target();
        final int second = other(first);
        switch (random.nextInt(4)) {
            case 0 -> emit(condition() | 0x0e00_0a10 | bits(1) << 20 | bits(4) << 16 | first << 12 | bits(1) << 7);
            case 1 ->
                emit(condition() | 0x0c40_0b10 | bits(1) << 20 | second << 16 | first << 12 | bits(1) << 5 | bits(4));
            case 2 ->
                emit(condition()
                        | 0x0d80_0b00
                        | bits(1) << 22
                        | bits(1) << 20
                        | BASE << 16
                        | bits(4) << 12
                        | bits(6) << 1);
            default ->
                emit(condition()
                        | 0x0c80_0b00
                        | bits(1) << 20
                        | BASE << 16
                        | bits(3) << 12
                        | random.nextInt(1, 9) << 1);
        }
    }

    /** Status register, banked registers, identification, barriers and hints. */
    private void system() {
        switch (random.nextInt(9)) {
            case 0 -> emit(condition() | 0x010f_0000 | target() << 12);
            case 1 -> emit(condition() | pick(0x0128_f000, 0x0124_f000, 0x012c_f000) | source());
            case 2 -> emit(condition() | pick(0x0328_f000, 0x032c_f000) | bits(12));
            case 3 -> emit(pick(0xf57f_f04f, 0xf57f_f05b, 0xf57f_f06f, 0xf57f_f01f, 0xf57f_f04a));
            case 4 -> emit(pick(0xf5db_f000, 0xf55b_f010) | bits(4));
            // Identification registers c0, c1 and c2; MIDR, CTR.
            case 5 -> emit(condition() | 0x0e10_0f11 | target() << 12 | bits(2) << 5);
            case 6 -> emit(condition() | 0x0e10_0f12 | target() << 12 | bits(2) << 5);
            // MRS and MSR of SP_svc, LR_svc, SP_irq, SPSR_svc and the FIQ registers.
            case 7 -> emit(condition() | banked(0x0100_0200) | target() << 12);
            default -> emit(condition() | banked(0x0120_f200) | source());
        }
    }

    private int banked(final int kind) {
        // M in bit 8, SYSm in 19:16, R in 22.
        return kind
                | pick(
                        0x0005_0000,
                        0x0008_0000,
                        0x000c_0000,
                        0x000e_0000,
                        0x0002_0100,
                        0x0003_0100,
                        0x0001_0100,
                        0x0005_0100);
    }
}
