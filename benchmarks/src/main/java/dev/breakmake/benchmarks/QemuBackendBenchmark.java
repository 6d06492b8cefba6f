package dev.breakmake.benchmarks;

import dev.breakmake.qemu.Observation;
import dev.breakmake.qemu.QemuBoot;
import dev.breakmake.qemu.QemuBootResult;
import dev.breakmake.qemu.QemuBootSpecification;
import dev.breakmake.qemu.QemuOutcome;
import dev.breakmake.translation.OutcomeKind;
import dev.breakmake.translation.event.Architecture;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Wall time of one boot up to 'Could not set up' and the end of QEMU: the bare QEMU command, the backend watching the console, the backend
 * watching everything;
 * taken in turns so that a busy machine hits all three alike. Arguments: image, architecture (arm64 or armhf), PEs, rounds.
 */
final class QemuBackendBenchmark {

    private static final int WARM_UP = 2;

    private QemuBackendBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        Path image = Path.of(arguments[0]);
        Architecture architecture = arguments[1].equals("arm64") ? Architecture.AARCH64 : Architecture.AARCH32;
        int pes = Integer.parseInt(arguments[2]);
        int rounds = Integer.parseInt(arguments[3]);
        QemuBootSpecification full = QemuBootSpecification.virt(architecture, image, pes, 1L << 30);
        QemuBootSpecification plain = full.withObservation(Observation.CONSOLE);
        double[][] times = new double[3][rounds];
        for (int round = -WARM_UP; round < rounds; round++) {
            double[] now = {bare(full), backend(plain), backend(full)};
            for (int i = 0; i < 3 && round >= 0; i++) {
                times[i][round] = now[i];
            }
        }
        double bare = median(times[0]);
        System.out.printf(Locale.ROOT, "%s, %d PEs, 1 GiB, median and range of %d rounds [ms]%n", image, pes, rounds);
        print("bare QEMU", times[0], bare);
        print("backend, console", times[1], bare);
        print("backend, everything", times[2], bare);
        System.out.println("  one full observation, on whatever else this machine does:");
        QemuBootResult last = QemuBoot.run(full, event -> {}, line -> {});
        long ownBefore = ownCpuNanos();
        long childrenBefore = childrenCpuTicks();
        QemuBootResult result = QemuBoot.run(full, event -> {}, line -> {});
        double own = (ownCpuNanos() - ownBefore) / 1e6;
        double children = (childrenCpuTicks() - childrenBefore) * 10.0;
        System.out.printf(
                Locale.ROOT,
                "  %d stops (%d the time before), %d of them in the log, %d events, %.2f packets a stop; processor time: ours %.0f ms (%.3f a stop),"
                        + " QEMU's %.0f ms (%.3f a stop)%n",
                result.stops(),
                last.stops(),
                result.logged(),
                result.events(),
                (double) result.packets() / result.stops(),
                own,
                own / result.stops(),
                children,
                children / result.stops());
    }

    private static long ownCpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    /** Processor time of ended children, in ticks of 10 ms (proc(5): cutime and cstime of stat). */
    private static long childrenCpuTicks() throws Exception {
        String stat = Files.readString(Path.of("/proc/self/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return Long.parseLong(fields[13]) + Long.parseLong(fields[14]);
    }

    private static double backend(QemuBootSpecification specification) throws Exception {
        long start = System.nanoTime();
        QemuOutcome outcome =
                QemuBoot.run(specification, event -> {}, line -> {}).outcome();
        if (outcome.kind() != OutcomeKind.REACHED) {
            throw new IllegalStateException("boot ended with " + outcome);
        }
        return (System.nanoTime() - start) / 1e6;
    }

    private static double bare(QemuBootSpecification specification) throws Exception {
        boolean a64 = specification.architecture() == Architecture.AARCH64;
        List<String> command = new ArrayList<>(List.of(
                a64 ? "qemu-system-aarch64" : "qemu-system-arm",
                "-M",
                "virt,virtualization=on,gic-version=2",
                "-cpu",
                specification.cpu(),
                "-smp",
                Integer.toString(specification.peCount()),
                "-m",
                "1024",
                "-nographic",
                "-no-reboot",
                // Without this QEMU wants the boot ROM of a network card, which Debian has in a package of its own.
                "-nic",
                "none",
                "-kernel",
                specification.image().toString(),
                "-append",
                specification.bootArgs()));
        long start = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .redirectInput(new java.io.File("/dev/null"))
                .start();
        try (BufferedReader console =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.ISO_8859_1))) {
            String line = console.readLine();
            while (line != null && !line.contains("Could not set up")) {
                line = console.readLine();
            }
            if (line == null) {
                throw new IllegalStateException("QEMU ended early: "
                        + new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
        return (System.nanoTime() - start) / 1e6;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static void print(String name, double[] values, double bare) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        System.out.printf(
                Locale.ROOT,
                "  %-20s %8.1f  (%.1f to %.1f)  %.2fx bare%n",
                name,
                median(values),
                sorted[0],
                sorted[sorted.length - 1],
                median(values) / bare);
    }
}
