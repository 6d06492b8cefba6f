package dev.breakmake.benchmarks;

import dev.breakmake.translation.Checker;
import dev.breakmake.translation.CheckerOptions;
import dev.breakmake.translation.trace.casemate.CasemateOptions;
import dev.breakmake.translation.trace.casemate.CasemateReader;
import java.io.BufferedWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads and checks one file of a million records in Casemate's format: here, and with Casemate's own checker if its program is named.
 * Arguments: none, or the program and its options before the file, e.g. {@code /opt/casemate/casemate-check -q}. Both are timed in turns
 * by CPU time, so that a busy machine hits both alike.
 */
public final class CasemateComparison {
    private static final int RECORDS = 1_000_000;
    private static final int ROUNDS = 9;
    private static final Pattern TIMES = Pattern.compile("(\\d+)m([\\d.]+)s (\\d+)m([\\d.]+)s");

    private CasemateComparison() {}

    /** Runs the comparison. */
    public static void main(String[] program) throws IOException, InterruptedException {
        Path file = Files.createTempFile("updates", ".casemate");
        try {
            write(file, RECORDS);
            compare(file, List.of(program));
        } finally {
            Files.delete(file);
        }
    }

    private static void compare(Path file, List<String> program) throws IOException, InterruptedException {
        List<Double> ours = new ArrayList<>();
        List<Double> peers = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            ours.add(check(file));
            if (!program.isEmpty()) {
                peers.add(run(program, file));
            }
        }
        double own = smallest(ours);
        System.out.printf(
                Locale.ROOT,
                "%,d records, %,d bytes; CPU seconds, smallest of %d rounds in turns%n",
                RECORDS,
                Files.size(file),
                ROUNDS);
        System.out.printf(
                Locale.ROOT,
                "  this checker   %.3f s  %.2f M records/s  (first round, cold: %.3f s)%n",
                own,
                RECORDS / own / 1e6,
                ours.getFirst());
        if (peers.isEmpty()) {
            System.out.println("  no other program named: nothing to compare with");
        } else {
            double other = smallest(peers);
            System.out.printf(
                    Locale.ROOT, "  %s   %.3f s  %.2f M records/s%n", program.getFirst(), other, RECORDS / other / 1e6);
            System.out.printf(Locale.ROOT, "  ratio %.1f (cold %.1f)%n", other / own, other / ours.getFirst());
        }
    }

    private static double smallest(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
    }

    /** CPU seconds of this thread for reading the file and checking it. */
    private static double check(Path file) throws IOException {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long start = threads.getCurrentThreadCpuTime();
        Checker checker = new Checker(CheckerOptions.defaults());
        CasemateReader.read(new ByteArrayInputStream(Files.readAllBytes(file)), CasemateOptions.DEFAULT, checker);
        if (!checker.finish().isEmpty()) {
            throw new IllegalStateException("the updates are compliant, but there are findings: " + checker.findings());
        }
        return (threads.getCurrentThreadCpuTime() - start) / 1e9;
    }

    /** CPU seconds, user and system, of the other program. */
    private static double run(List<String> program, Path file) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("sh", "-c", "\"$@\" >/dev/null && times", "sh"));
        command.addAll(program);
        command.add(file.toString());
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        Matcher times = TIMES.matcher(output);
        // The first line is the shell's own time, the second that of what it ran.
        if (process.waitFor() != 0 || !times.find() || !times.find()) {
            throw new IOException(String.join(" ", command) + " failed: " + output);
        }
        return 60 * (Integer.parseInt(times.group(1)) + Integer.parseInt(times.group(3)))
                + Double.parseDouble(times.group(2))
                + Double.parseDouble(times.group(4));
    }

    /** Stage 2 page updates by the book, in Casemate's format, locks and ownership hints included. */
    private static void write(Path file, int records) throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            new Updates(out).write(records);
        }
    }

    private static final class Updates {
        private static final long ROOT = 0x4000_0000L;
        private static final long LOCK = 0x4001_0000L;
        private static final int TABLES = 4;

        private final BufferedWriter out;
        private int id;

        Updates(BufferedWriter out) {
            this.out = out;
        }

        private void record(String kind, String fields) throws IOException {
            out.write("(%s (id %d) (tid 0) %s (src \"pgtable.c:%d\"))%n".formatted(kind, id, fields, id % 997));
            id++;
        }

        private void register(String name, long value) throws IOException {
            record("sysreg-write", "(sysreg %s) (value %x)".formatted(name, value));
        }

        private void store(long address, long value) throws IOException {
            record("mem-write", "(mem-order plain) (address %x) (value %x)".formatted(address, value));
        }

        private void barrier() throws IOException {
            record("barrier", "dsb (kind ish)");
        }

        void write(int records) throws IOException {
            register("vtcr_el2", 0x10);
            register("tcr_el2", 0x10);
            register("mair_el2", 0);
            register("hcr_el2", 0);
            register("sctlr_el2", 0);
            for (int table = 0; table < TABLES; table++) {
                record("mem-init", "(address %x) (size 1000)".formatted(ROOT + 0x1000L * table));
            }
            record("hint", "(kind set_root_lock) (location %x) (value %x)".formatted(ROOT, LOCK));
            for (int table = 1; table < TABLES; table++) {
                record(
                        "hint",
                        "(kind set_owner_root) (location %x) (value %x)".formatted(ROOT + 0x1000L * table, ROOT));
            }
            for (int table = 0; table < TABLES - 1; table++) {
                long location = ROOT + 0x1000L * table;
                store(location, location + 0x1003);
            }
            register("vttbr_el2", ROOT);
            register("hcr_el2", 1);
            record("lock", "(address %x)".formatted(LOCK));
            for (int round = 0; id < records - 1; round++) {
                long location = ROOT + 0x3000 + 8L * (round % 512);
                store(location, 0);
                barrier();
                record("tlbi", "alle1is");
                barrier();
                store(location, 0x8000_0003L + 0x1000L * (round & 0xffff));
                barrier();
            }
            record("unlock", "(address %x)".formatted(LOCK));
        }
    }
}
