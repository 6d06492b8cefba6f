package dev.breakmake.benchmarks;

import dev.breakmake.translation.Checker;
import dev.breakmake.translation.CheckerOptions;
import dev.breakmake.translation.trace.TraceReader;
import dev.breakmake.translation.trace.TraceSummary;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.ref.Reference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** What trace files cost on disk and their judgement in memory. Arguments: trace files, e.g. of {@code breakmake run IMAGE --trace FILE}. */
public final class TraceCost {
    private static final int COLLECTIONS = 3;

    private TraceCost() {}

    /** Prints a line per file. */
    public static void main(String[] files) throws IOException {
        System.out.printf(
                Locale.ROOT, "%-40s %12s %12s %12s %14s%n", "trace", "events", "bytes", "bytes/event", "state");
        for (String name : files) {
            Path file = Path.of(name);
            // A first pass loads classes, whose constants are no state.
            judge(file, new Checker(CheckerOptions.defaults()));
            long before = used();
            Checker checker = new Checker(CheckerOptions.defaults());
            TraceSummary summary;
            long state;
            try {
                summary = judge(file, checker);
                state = used() - before;
            } finally {
                Reference.reachabilityFence(checker);
            }
            System.out.printf(
                    Locale.ROOT,
                    "%-40s %,12d %,12d %12.2f %10.1f MiB%n",
                    file.getFileName(),
                    summary.events(),
                    summary.bytes(),
                    summary.bytesPerEvent(),
                    state / 1048576.0);
        }
    }

    private static TraceSummary judge(Path file, Checker checker) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            return TraceReader.read(in, checker);
        }
    }

    /** Bytes of live objects. */
    private static long used() {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        for (int i = 0; i < COLLECTIONS; i++) {
            memory.gc();
        }
        return memory.getHeapMemoryUsage().getUsed();
    }
}
