package dev.breakmake.benchmarks;

import dev.breakmake.engine.machine.Boot;
import dev.breakmake.engine.machine.BootResult;
import dev.breakmake.engine.machine.BootSpecification;
import dev.breakmake.engine.machine.Snapshot;
import dev.breakmake.engine.platform.CpuModel;
import dev.breakmake.engine.platform.Platform;
import dev.breakmake.translation.Checker;
import dev.breakmake.translation.CheckerOptions;
import dev.breakmake.translation.OutcomeKind;
import dev.breakmake.translation.event.EventSink;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Boots of real Xen from reset to its panic text: the engine in a warm JVM beside a QEMU process per boot, same image, same device tree,
 * same text to stop at, taken in turns. No boot is forked or answered from a cache. Times are CPU times, which a busy machine distorts least:
 * of the booting thread for the engine (and, in brackets, of the whole process with compiler and collector), of all threads for QEMU.
 *
 * <p>Arguments: cache folder, seconds per row, then rows such as {@code 4.17-arm64:1:128} (image, PEs, MiB); without rows, the table of
 * docs/performance.md.
 */
final class BootBenchmark {

    /** Share of a processor that HotSpot's compilers take when they have nothing of weight left to do. */
    private static final double AT_REST = 0.05;

    /** How long to wait for that at most, in nanoseconds for each second that a row measures. */
    private static final double LONGEST_WARMUP = 40e9;

    /** Turns of QEMU and the engine in a row. */
    private static final int ROUNDS = 9;

    private static final int SCALE_ROUNDS = 5;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final com.sun.management.OperatingSystemMXBean PROCESS =
            (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private static final List<String> ROWS = List.of(
            "4.17-arm64:1:128",
            "4.17-arm64:1:1024",
            "4.17-arm64:2:1024",
            "4.14-arm64:1:128",
            "4.14-arm64:1:1024",
            "4.20-arm64:1:128",
            "4.20-arm64:1:1024",
            "4.14-armhf:1:128",
            "4.14-armhf:1:1024",
            "4.17-armhf:1:128");

    private enum Mode {
        BARE,
        EVENTS,
        CHECKER
    }

    private BootBenchmark() {}

    /** Prints the table. */
    public static void main(final String[] arguments) throws Exception {
        final Path cache = Path.of(arguments[0]);
        final double seconds = Double.parseDouble(arguments[1]);
        final boolean withQemu = !Boolean.getBoolean("no.qemu");
        final List<String> rows = arguments.length > 2 ? List.of(arguments).subList(2, arguments.length) : ROWS;
        print(
                "image,PEs,MiB",
                "M insns",
                "bare ms",
                "events ms",
                "checker ms",
                "cost",
                "boots/s",
                "QEMU ms",
                "wall ms",
                "vs QEMU",
                "2 threads",
                "fork ms",
                "cold ms",
                "vs QEMU");
        for (final String row : rows) {
            final String[] parts = row.split(":", -1);
            final Path file = cache.resolve(parts[0]).resolve("xen");
            if (Files.isReadable(file)) {
                row(row, file, Integer.parseInt(parts[1]), Long.parseLong(parts[2]) << 20, seconds, withQemu);
            } else {
                System.out.println(row + ": no image at " + file);
            }
        }
    }

    private static void print(final Object... cells) {
        System.out.printf(Locale.ROOT, "%-20s %8s %9s %10s %15s %6s %8s %8s %8s %8s %10s %8s %8s %8s%n", cells);
    }

    private static void row(
            final String name,
            final Path file,
            final int pes,
            final long bytes,
            final double seconds,
            final boolean withQemu)
            throws Exception {
        final byte[] image = Files.readAllBytes(file);
        final CpuModel cpu = name.contains("armhf") ? CpuModel.CORTEX_A15 : CpuModel.CORTEX_A57;
        final BootSpecification specification = BootSpecification.of("xen", image, Platform.virt(cpu, pes, bytes, 2));
        final long instructions = warm(specification, seconds);
        final List<List<Double>> times = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        long whole = 0;
        // The machine's speed changes from second to second: QEMU and the engine take turns, and both see all of it.
        try (QemuBoots qemu = withQemu ? new QemuBoots(specification, file) : null) {
            for (int round = 0; round < ROUNDS; round++) {
                if (qemu != null) {
                    qemu.boot();
                }
                final long start = System.nanoTime();
                do {
                    for (final Mode mode : Mode.values()) {
                        final long wholeBefore = PROCESS.getProcessCpuTime();
                        final long before = THREADS.getCurrentThreadCpuTime();
                        boot(specification, mode);
                        times.get(mode.ordinal()).add((THREADS.getCurrentThreadCpuTime() - before) / 1e6);
                        if (mode == Mode.CHECKER) {
                            whole += PROCESS.getProcessCpuTime() - wholeBefore;
                        }
                    }
                } while (System.nanoTime() - start < seconds * 3e9 / ROUNDS);
            }
            final double bare = median(times.get(0));
            final double events = median(times.get(1));
            final double checker = median(times.get(2));
            final double scale = scale(specification, seconds);
            final double qemuCpu = qemu == null ? 0 : median(qemu.cpu());
            final double qemuWall = qemu == null ? 0 : median(qemu.wall());
            final ColdRuns cold = new ColdRuns(specification, file, qemu);
            print(
                    name,
                    "%.2f".formatted(instructions / 1e6),
                    "%.2f".formatted(bare),
                    "%.2f".formatted(events),
                    "%.2f (%.1f)".formatted(checker, whole / 1e6 / times.get(2).size()),
                    "%.0f %%".formatted((checker / bare - 1) * 100),
                    "%.1f".formatted(1000 / checker),
                    "%.1f".formatted(qemuCpu),
                    "%.1f".formatted(qemuWall),
                    "%.1fx".formatted(qemuCpu / checker),
                    "%.2fx".formatted(scale),
                    "%.2f".formatted(forked(specification, instructions, seconds)),
                    "%.0f".formatted(median(cold.own())),
                    qemu == null ? "-" : "%.2fx".formatted(median(cold.own()) / median(cold.qemu())));
        }
    }

    /** Boots in all modes until HotSpot has come to rest, as in a runner after some hundred cells; the instructions of a boot. */
    private static long warm(final BootSpecification specification, final double seconds) {
        final CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
        final long start = System.nanoTime();
        long instructions = 0;
        double compiling;
        do {
            final long compiled = compiler.getTotalCompilationTime();
            final long begin = System.nanoTime();
            do {
                for (final Mode mode : Mode.values()) {
                    instructions = boot(specification, mode).totalInstructions();
                }
            } while (System.nanoTime() - begin < seconds * 2e9);
            compiling = (compiler.getTotalCompilationTime() - compiled) * 1e6 / (System.nanoTime() - begin);
        } while (compiling > AT_REST && System.nanoTime() - start < seconds * LONGEST_WARMUP);
        return instructions;
    }

    private static BootResult boot(final BootSpecification specification, final Mode mode) {
        final EventSink sink = switch (mode) {
            case BARE -> null;
            case EVENTS -> event -> {};
            case CHECKER -> new Checker(CheckerOptions.defaults());
        };
        final BootResult result = Boot.run(specification, sink);
        if (sink instanceof final Checker checker) {
            checker.finish();
        }
        if (result.kind() != OutcomeKind.REACHED) {
            throw new IllegalStateException(result.kind() + ": " + result.message());
        }
        return result;
    }

    /** Boots per second of wall time of two threads by those of one, in turns, the median of rounds. Needs a quiet machine. */
    private static double scale(final BootSpecification specification, final double seconds) throws Exception {
        final List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < SCALE_ROUNDS; round++) {
            final double one = throughput(specification, seconds, 1);
            ratios.add(throughput(specification, seconds, 2) / one);
        }
        return median(ratios);
    }

    private static double throughput(final BootSpecification specification, final double seconds, final int threads)
            throws Exception {
        final AtomicInteger boots = new AtomicInteger();
        final long start = System.nanoTime();
        final List<Thread> all = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            all.add(Thread.ofPlatform().start(() -> {
                while (System.nanoTime() - start < seconds * 1e9) {
                    boot(specification, Mode.CHECKER);
                    boots.incrementAndGet();
                }
            }));
        }
        for (final Thread thread : all) {
            thread.join();
        }
        return boots.get() * 1e9 / (System.nanoTime() - start);
    }

    /** CPU milliseconds of a cell that shares nine tenths of its instructions with others: events, no checker. */
    private static double forked(final BootSpecification specification, final long instructions, final double seconds)
            throws Exception {
        final Snapshot prefix = Boot.prefix(specification, instructions * 9 / 10, true);
        if (prefix == null) {
            throw new IllegalStateException("the boot ended within its own prefix");
        }
        final List<Double> times = new ArrayList<>();
        final long start = System.nanoTime();
        do {
            final long before = THREADS.getCurrentThreadCpuTime();
            prefix.fork(event -> {}).run();
            times.add((THREADS.getCurrentThreadCpuTime() - before) / 1e6);
        } while (System.nanoTime() - start < seconds * 1e9);
        return median(times);
    }

    private static double median(final List<Double> values) {
        final List<Double> sorted = values.stream().sorted().toList();
        return sorted.get(sorted.size() / 2);
    }
}
