package dev.breakmake.benchmarks;

import dev.breakmake.engine.flow.FlowSpecification;
import dev.breakmake.engine.flow.Mutation;
import dev.breakmake.engine.flow.Patch;
import dev.breakmake.engine.flow.Preset;
import dev.breakmake.engine.study.FlowStudy;
import dev.breakmake.translation.event.Architecture;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;

/**
 * Flow cells per second of one core: a matrix of architecture, preset, load address, PEs and options, every cell executed with the checker,
 * nothing remembered. Counts the processor time of the one thread that works, so that a busy machine matters less.
 */
public final class FlowCellsBenchmark {

    private static final long[] LOADS = {0x4020_0000L, 0x8020_0000L, 0xc020_0000L};

    /** Rounds until the JVM has compiled what runs: a service that executes cells is long past this. */
    private static final int WARM_UP = 600;

    private FlowCellsBenchmark() {}

    /** {@code [ROUNDS]}, default 10; prints a line per round and count of PEs. */
    public static void main(String[] arguments) {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 10;
        PrintStream out = System.out;
        out.println("| PEs | cells | findings | cells/s of processor time | cells/s of wall-clock time |");
        out.println("|---|---|---|---|---|");
        for (int pes : new int[] {1, 2, 4}) {
            List<FlowSpecification> cells = cells(pes);
            for (int i = 0; i < WARM_UP; i++) {
                run(cells);
            }
            ThreadMXBean threads = ManagementFactory.getThreadMXBean();
            long processor = threads.getCurrentThreadCpuTime();
            long clock = System.nanoTime();
            long findings = 0;
            for (int i = 0; i < rounds; i++) {
                findings += run(cells);
            }
            double executed = (double) cells.size() * rounds;
            out.printf(
                    "| %d | %.0f | %d | %.0f | %.0f |%n",
                    pes,
                    executed,
                    findings,
                    executed * 1e9 / (threads.getCurrentThreadCpuTime() - processor),
                    executed * 1e9 / (System.nanoTime() - clock));
        }
    }

    private static long run(List<FlowSpecification> cells) {
        long findings = 0;
        for (FlowSpecification cell : cells) {
            FlowStudy study = FlowStudy.of(cell, Mutation.NONE);
            if (!study.result().reached()) {
                throw new IllegalStateException(cell + ": " + study.result().message());
            }
            findings += study.findings().size();
        }
        return findings;
    }

    private static List<FlowSpecification> cells(int pes) {
        List<FlowSpecification> cells = new ArrayList<>();
        for (Architecture architecture : Architecture.values()) {
            for (Preset preset : Preset.values()) {
                for (long load : LOADS) {
                    for (boolean maintained : new boolean[] {false, true}) {
                        cells.add(FlowSpecification.of(architecture, preset, pes)
                                .at(load)
                                .with(Patch.TABLE_MAINTENANCE, maintained));
                    }
                }
            }
        }
        return cells;
    }
}
