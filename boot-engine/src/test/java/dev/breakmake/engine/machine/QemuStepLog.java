package dev.breakmake.engine.machine;

import dev.breakmake.engine.platform.BootPlan;
import dev.breakmake.engine.platform.CpuModel;
import dev.breakmake.testkit.Programs;
import dev.breakmake.translation.event.Architecture;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Stock QEMU executing a boot plan one instruction per translation block, its registers read from the log it writes before each. The
 * clock counts instructions, so timers agree with the engine to the tick.
 */
final class QemuStepLog implements AutoCloseable {

    /** Registers before one instruction: X0 to X30 and SP, or R0 to R14. */
    final long[] x = new long[32];

    /** Its address. */
    long pc;

    /** PSTATE in SPSR form, or the CPSR. */
    int pstate;

    private static final String QEMU = "qemu-system-aarch64";

    private final boolean wide;
    private final Process process;
    private final InputStream log;
    private final byte[] buffer = new byte[1 << 16];
    private int position;
    private int filled;
    private final long[] previous = new long[34];

    /** QEMU's name of the PEs of a plan. */
    static String model(final BootPlan plan) {
        return plan.platform().cpu().architecture() == Architecture.AARCH64 ? "cortex-a57" : "cortex-a15";
    }

    /**
     * QEMU at the image's first instruction.
     *
     * @param cpu its PE
     * @param scratch folder for the files it loads
     */
    QemuStepLog(final BootPlan plan, final String cpu, final Path scratch) throws IOException {
        Programs.require(QEMU, "qemu-system-arm");
        wide = plan.platform().cpu().architecture() == Architecture.AARCH64;
        final List<String> command = new ArrayList<>(List.of(
                QEMU,
                "-M",
                (plan.platform().cpu() == CpuModel.CORTEX_A15_SECURE ? "virt,secure=on," : "virt,")
                        + "virtualization=on,gic-version="
                        + plan.platform().gic().version(),
                "-cpu",
                cpu,
                "-m",
                (plan.platform().ramBytes() >> 20) + "M",
                "-smp",
                "1",
                "-icount",
                "shift=0,sleep=off",
                "-singlestep",
                "-d",
                "cpu,nochain",
                "-nic",
                "none",
                "-display",
                "none",
                "-serial",
                "file:" + scratch.resolve("serial"),
                "-monitor",
                "none"));
        for (final BootPlan.Load load : plan.loads()) {
            load(command, scratch, load.name(), load.bytes(), load.address());
        }
        final long stub = plan.deviceTreeAddress() - 4096;
        load(command, scratch, "stub", wide ? stub(plan) : stub32(plan), stub);
        command.addAll(List.of("-device", "loader,addr=0x%x,cpu-num=0".formatted(stub)));
        process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        log = process.getErrorStream();
        do {
            if (!next()) {
                throw new IOException("QEMU's log ends before the image's first instruction");
            }
        } while (pc != plan.registers().pc());
    }

    /**
     * Instructions QEMU has counted when the image's first one reads a counter: its loader's, and the reading one itself, which it counts before it executes it.
     */
    int leadInstructions() {
        return wide ? 4 : 5;
    }

    private static void load(
            final List<String> command, final Path scratch, final String name, final byte[] bytes, final long address)
            throws IOException {
        final Path file = scratch.resolve(name.replace(' ', '-') + ".bin");
        Files.write(file, bytes);
        command.addAll(List.of("-device", "loader,file=%s,addr=0x%x,force-raw=on".formatted(file, address)));
    }

    /** ldr x0, device tree; ldr x4, entry; br x4. */
    private static byte[] stub(final BootPlan plan) {
        return ByteBuffer.allocate(32)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0x5800_0080)
                .putInt(0x5800_00a4)
                .putInt(0xd61f_0080)
                .putInt(0xd503_201f)
                .putLong(plan.deviceTreeAddress())
                .putLong(plan.registers().pc())
                .array();
    }

    /** mov r0, #0; mvn r1, #0; ldr r2, device tree; ldr pc, entry. */
    private static byte[] stub32(final BootPlan plan) {
        return ByteBuffer.allocate(24)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0xe3a0_0000)
                .putInt(0xe3e0_1000)
                .putInt(0xe59f_2000)
                .putInt(0xe59f_f000)
                .putInt((int) plan.deviceTreeAddress())
                .putInt((int) plan.registers().pc())
                .array();
    }

    /**
     * Reads the next record; records that QEMU logs twice are read once.
     *
     * @return false at the end of the log
     */
    boolean next() throws IOException {
        do {
            System.arraycopy(x, 0, previous, 0, 32);
            previous[32] = pc;
            previous[33] = pstate;
            if (wide) {
                pc = hex(16);
                for (int i = 0; i < 32; i++) {
                    x[i] = hex(16);
                }
            } else {
                for (int i = 0; i < 15; i++) {
                    x[i] = hex(8);
                }
                pc = hex(8);
            }
            pstate = (int) hex(8);
            if (filled < 0) {
                return false;
            }
        } while (pc == previous[32] && pstate == previous[33] && java.util.Arrays.equals(x, 0, 32, previous, 0, 32));
        return true;
    }

    private int read() throws IOException {
        if (position >= filled) {
            filled = log.read(buffer);
            position = 0;
            if (filled <= 0) {
                filled = -1;
                return -1;
            }
        }
        return buffer[position++];
    }

    /** The hexadecimal number after the next equals sign that is followed by that many digits. */
    private long hex(final int digits) throws IOException {
        while (true) {
            int c = read();
            while (c != '=' && c >= 0) {
                c = read();
            }
            if (c < 0) {
                return 0;
            }
            long value = 0;
            int count = 0;
            c = read();
            while (count < digits && Character.digit(c, 16) >= 0) {
                value = value << 4 | Character.digit(c, 16);
                count++;
                if (count < digits) {
                    c = read();
                }
            }
            if (count == digits) {
                return value;
            }
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
