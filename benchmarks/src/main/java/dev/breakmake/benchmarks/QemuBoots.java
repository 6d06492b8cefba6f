package dev.breakmake.benchmarks;

import dev.breakmake.engine.machine.BootSpecification;
import dev.breakmake.engine.platform.BootOptions;
import dev.breakmake.engine.platform.BootPlan;
import dev.breakmake.engine.platform.CpuModel;
import dev.breakmake.engine.platform.ImageReader;
import dev.breakmake.engine.platform.Platform;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Boots of one image by QEMU processes, from the start of the process to the panic text, with the engine's device tree. */
final class QemuBoots implements AutoCloseable {

    private static final String TEXT = "Could not set up";

    private final Platform platform;
    private final Path file;
    private final Path tree;
    private final List<Double> cpu = new ArrayList<>();
    private final List<Double> wall = new ArrayList<>();

    /** Boots once, uncounted, so that the files are in memory. */
    QemuBoots(final BootSpecification specification, final Path file) throws Exception {
        this.platform = specification.platform();
        this.file = file;
        final BootPlan plan =
                BootPlan.of(platform, ImageReader.read("xen", specification.image(), null), BootOptions.DEFAULT);
        tree = Files.createTempFile("tree", ".dtb");
        Files.write(tree, plan.loads().getLast().bytes());
        boot();
        cpu.clear();
        wall.clear();
    }

    /** CPU milliseconds of all threads of each boot on one core. */
    List<Double> cpu() {
        return cpu;
    }

    /** Wall milliseconds of each boot on one core. */
    List<Double> wall() {
        return wall;
    }

    /** Boots once on one core. */
    void boot() throws Exception {
        wall.add(boot(List.of("taskset", "-c", "0"), cpu));
    }

    /** Boots once with the whole machine; wall milliseconds. */
    double bootFreely() throws Exception {
        return boot(List.of(), new ArrayList<>());
    }

    private double boot(final List<String> prefix, final List<Double> cpuTimes) throws Exception {
        final boolean wide = platform.cpu() == CpuModel.CORTEX_A57;
        final List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(
                wide ? "qemu-system-aarch64" : "qemu-system-arm",
                "-M",
                wide ? "virt,virtualization=on,gic-version=2" : "virt,virtualization=on",
                "-cpu",
                wide ? "cortex-a57" : "cortex-a15",
                "-smp",
                Integer.toString(platform.pes()),
                "-m",
                (platform.ramBytes() >> 20) + "M",
                "-nographic",
                "-nic",
                "none",
                "-kernel",
                file.toString(),
                "-dtb",
                tree.toString()));
        final long start = System.nanoTime();
        final Process process = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader console =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.ISO_8859_1))) {
            for (String line = console.readLine(); line != null; line = console.readLine()) {
                if (line.contains(TEXT)) {
                    final double taken = (System.nanoTime() - start) / 1e6;
                    cpuTimes.add(cpu(process.pid()));
                    return taken;
                }
            }
            throw new IOException("QEMU ended without the text '" + TEXT + "'");
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    /** CPU milliseconds of all threads of a process so far. */
    private static double cpu(final long pid) throws IOException {
        double total = 0;
        try (Stream<Path> tasks = Files.list(Path.of("/proc/" + pid + "/task"))) {
            for (final Path task : tasks.toList()) {
                final String[] fields =
                        Files.readString(task.resolve("schedstat")).trim().split(" ", -1);
                total += Long.parseLong(fields[0]) / 1e6;
            }
        }
        return total;
    }

    @Override
    public void close() throws IOException {
        Files.delete(tree);
    }
}
