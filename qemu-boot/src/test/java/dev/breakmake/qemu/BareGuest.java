package dev.breakmake.qemu;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Small arm64 Images that run at EL2 without a hypervisor, for what no Xen does. QEMU puts them at 0x4020_0000; they map that to 0x8020_0000
 * with 1 GiB blocks, go on there, and print "moved" at the end.
 */
final class BareGuest {

    private static final int IMAGE_BYTES = 0x2000;

    private static final int[] HEADER = {
        0x14000010, // b +0x40
        0,
        0,
        0,
        0x00010000, // image size
        0,
        0xa, // little-endian, 4 KiB pages, anywhere
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0x644d5241,
        0
    };

    private static final int[] START = {
        0xd2a82001, // mov x1, #0x41000000, the table
        0xd2808022, // mov x2, #0x401: device memory at 0
        0xf2e00802, // movk x2, #0x40, lsl #48
        0xf9000022, // str x2, [x1]
        0xd280e0a3, // mov x3, #0x705: normal memory at 0x40000000
        0xf2a80003, // movk x3, #0x4000, lsl #16
        0xf9000423, // str x3, [x1, #8]
        0xf9000823, // str x3, [x1, #16]
        0xd5033f9f, // dsb sy
        0xd29fe008, // mov x8, #0xff00
        0xd51ca208, // 68: msr mair_el2, x8
        0xd286a324, // mov x4, #0x3519
        0xf2b01044, // movk x4, #0x8082, lsl #16
        0xd51c2044, // msr tcr_el2, x4
        0xd51c2001, // msr ttbr0_el2, x1
        0xd5033fdf, // isb
        0xd53c1005, // mrs x5, sctlr_el2
        0xb24000a5, // orr x5, x5, #1
        0xd51c1005, // msr sctlr_el2, x5
        0xd5033fdf, // isb
        0xd2a80007, // mov x7, #0x40000000
        0x10000066, // adr x6, a0
        0x8b0700c6, // add x6, x6, x7
        0xd61f00c0, // br x6
    };

    private static final int[] END = {
        0xd2a1200b, // mov x11, #0x9000000
        0x100000cc, // adr x12, text
        0x3840158d, // loop: ldrb w13, [x12], #1
        0x3400006d, // cbz w13, done
        0xb900016d, // str w13, [x11]
        0x17fffffd, // b loop
        0x14000000, // done: b done
        0x65766f6d,
        0x00000a64, // text: "moved\n"
    };

    private static final int[] MOVING = {
        0xd51ca208, // a0: msr mair_el2, x8
        0xf9000c23, // str x3, [x1, #24]
        0xd5033b9f, // dsb ish
        0x100000e9, // adr x9, c8
        0x8b070129, // add x9, x9, x7
        0xd2a0018a, // mov x10, #0xc0000
        0xd50c832a, // tlbi vae2is, x10
        0xd5033b9f, // dsb ish
        0xd5033fdf, // isb
        0xd61f0120, // br x9
        0xd51ca208, // c8: msr mair_el2, x8
    };

    private static final int[] INTERRUPTED = {
        0x10003b00, // a0: adr x0, vectors
        0xd51cc000, // msr vbar_el2, x0
        0xd51bd05f, // msr tpidr_el0, xzr
        0xd2a10014, // mov x20, #0x8000000, the distributor
        0xd2a10035, // mov x21, #0x8010000, the CPU interface
        0x52800020, // mov w0, #1
        0xb9000280, // str w0, [x20]
        0xb9010280, // str w0, [x20, #256]
        0xb90002a0, // str w0, [x21]
        0x52801fe0, // mov w0, #255
        0xb90006a0, // str w0, [x21, #4]
        0xd2800200, // mov x0, #16
        0xd51c1100, // msr hcr_el2, x0: interrupts to EL2
        0xd5033fdf, // isb
        0xd50342ff, // msr daifclr, #2
        0x140003c9, // dc: b 1000
    };

    /** A page without anything that is stopped at: QEMU makes one block of what is up to the end of the first TLBI. */
    private static final int[] INTERRUPTED_PAGE = {
        0x52a04000, // 1000: mov w0, #0x2000000
        0xd2a0018a, // mov x10, #0xc0000
        0xd5033b9f, // dsb ish
        0xb90f0280, // str w0, [x20, #3840]: an interrupt to itself
        0xd50c832a, // 1010: tlbi vae2is, x10
        0xd5033b9f, // dsb ish
        0xd5033fdf, // isb
        0xd50c832a, // 101c: tlbi vae2is, x10
        0xd4200000, // 1020: brk #0
        0xd5033b9f, // dsb ish
        0xd5033fdf, // isb
    };

    /** At 0x200: the first exception returns to its instruction, the second behind it. At 0x280: acknowledges an interrupt. */
    private static final int[] VECTORS = {
        0xd51cd04f, // msr tpidr_el2, x15
        0xd53bd04f, // mrs x15, tpidr_el0
        0xb50000af, // cbnz x15, 21c
        0xd280002f, // mov x15, #1
        0xd51bd04f, // msr tpidr_el0, x15
        0xd53cd04f, // mrs x15, tpidr_el2
        0xd69f03e0, // eret
        0xd53c402f, // 21c: mrs x15, elr_el2
        0x910011ef, // add x15, x15, #4
        0xd51c402f, // msr elr_el2, x15
        0xd53cd04f, // mrs x15, tpidr_el2
        0xd69f03e0, // eret
    };

    private static final int[] INTERRUPT_VECTOR = {
        0xd51cd04f, // msr tpidr_el2, x15
        0xb9400eaf, // ldr w15, [x21, #12]
        0xb90012af, // str w15, [x21, #16]
        0xd53cd04f, // mrs x15, tpidr_el2
        0xd69f03e0, // eret
    };

    private BareGuest() {}

    /** Runs at a third address too, 0xc020_0000, which it maps and flushes right before it goes there. Writes MAIR_EL2 at each of the three. */
    static Path moving(Path folder) throws IOException {
        byte[] bytes = new byte[IMAGE_BYTES];
        ByteBuffer image = started(bytes);
        put(image, MOVING);
        put(image, END);
        return Files.write(folder.resolve("moving"), bytes);
    }

    /**
     * Takes an interrupt that becomes pending right before a TLBI (at 0x1010), then an exception right behind another (at 0x101c) that returns
     * to its instruction once.
     */
    static Path interrupted(Path folder) throws IOException {
        byte[] bytes = new byte[IMAGE_BYTES];
        ByteBuffer image = started(bytes);
        put(image, INTERRUPTED);
        put(image.position(0xa00), VECTORS);
        put(image.position(0xa80), INTERRUPT_VECTOR);
        put(image.position(0x1000), INTERRUPTED_PAGE);
        put(image, END);
        return Files.write(folder.resolve("interrupted"), bytes);
    }

    private static ByteBuffer started(byte[] bytes) {
        ByteBuffer image = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        put(image, HEADER);
        put(image, START);
        return image;
    }

    private static void put(ByteBuffer image, int[] words) {
        for (int word : words) {
            image.putInt(word);
        }
    }
}
