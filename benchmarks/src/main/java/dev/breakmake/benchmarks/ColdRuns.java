package dev.breakmake.benchmarks;

import dev.breakmake.engine.machine.BootSpecification;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whole processes in turns, both with the whole machine: {@code breakmake run} of an image, and QEMU from its start to the panic text. */
final class ColdRuns {

    private static final int ROUNDS = 15;

    private final List<Double> own = new ArrayList<>();
    private final List<Double> qemu = new ArrayList<>();

    /** Measures; one round more than counts, for files and start-up cache. */
    ColdRuns(final BootSpecification specification, final Path file, final @Nullable QemuBoots peer) throws Exception {
        final List<String> command = List.of(
                "./breakmake",
                "run",
                file.toString(),
                "--pes",
                Integer.toString(specification.platform().pes()),
                "--memory",
                (specification.platform().ramBytes() >> 20) + "MiB");
        for (int round = -1; round < ROUNDS; round++) {
            final double other = peer == null ? Double.NaN : peer.bootFreely();
            final long start = System.nanoTime();
            final int exit = new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
            final double taken = (System.nanoTime() - start) / 1e6;
            if (exit > 1) {
                throw new IllegalStateException(String.join(" ", command) + " ended with " + exit);
            }
            if (round >= 0) {
                own.add(taken);
                qemu.add(other);
            }
        }
    }

    /** Wall milliseconds of each process {@code breakmake run}. */
    List<Double> own() {
        return own;
    }

    /** QEMU's wall milliseconds in the same rounds, NaN without QEMU. */
    List<Double> qemu() {
        return qemu;
    }
}
