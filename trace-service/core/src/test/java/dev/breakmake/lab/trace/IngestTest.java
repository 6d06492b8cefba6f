package dev.breakmake.lab.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.breakmake.lab.trace.domain.AttemptName;
import dev.breakmake.lab.trace.domain.Lease;
import dev.breakmake.lab.trace.domain.Origin;
import dev.breakmake.lab.trace.domain.TraceException;
import dev.breakmake.lab.trace.domain.TraceException.Reason;
import dev.breakmake.lab.trace.domain.TraceLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes go in resumably, once, and durably. */
class IngestTest {

    private static final TraceLab LAB = new TraceLab();

    private static byte[] noise(long seed, int length) {
        byte[] bytes = new byte[length];
        new SplittableRandom(seed).nextBytes(bytes);
        return bytes;
    }

    private static Reason reasonOf(Throwable thrown) {
        return ((TraceException) thrown).reason();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void piecesRepeatedAndOverlappingGiveTheFileOnce(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] file = noise(seed, 150_000 + random.nextInt(50_000));
        AttemptName attempt = TraceLab.attempt("pieces-" + seed);
        long end = 0;
        while (end < file.length) {
            int from = (int) Math.max(0, end - random.nextInt(40_000));
            int to = Math.min(file.length, from + random.nextInt(60_000));
            end = LAB.append(attempt, from, Arrays.copyOfRange(file, from, to));
        }
        assertThat(end).isEqualTo(file.length);
        assertThat(LAB.export(attempt)).isEqualTo(file);
    }

    @Test
    void aGapIsRefusedAndSaysWhereToContinue() {
        AttemptName attempt = TraceLab.attempt("gap");
        LAB.append(attempt, 0, noise(7, 1000));
        assertThatThrownBy(() -> LAB.append(attempt, 1001, noise(7, 10)))
                .isInstanceOfSatisfying(TraceException.class, e -> {
                    assertThat(e.reason()).isEqualTo(Reason.TRACE_GAP);
                    assertThat(e.metadata()).containsEntry("next_offset", "1000");
                });
        assertThatThrownBy(() -> LAB.append(TraceLab.attempt("never-begun"), 5, noise(7, 10)))
                .satisfies(e -> assertThat(reasonOf(e)).isEqualTo(Reason.TRACE_GAP));
        assertThat(LAB.append(attempt, 0, new byte[0])).isEqualTo(1000);
    }

    @Test
    void anotherLeaseChangesNothing() {
        AttemptName attempt = TraceLab.attempt("lease");
        byte[] file = noise(8, 5000);
        LAB.append(attempt, 0, file);
        for (Lease other : List.of(new Lease("lease-1", 2), new Lease("lease-2", 1))) {
            assertThatThrownBy(() -> LAB.ingest.append(attempt, other, Origin.NONE, 5000, noise(9, 10)))
                    .satisfies(e -> assertThat(reasonOf(e)).isEqualTo(Reason.LEASE_LOST));
        }
        assertThat(LAB.export(attempt)).isEqualTo(file);
    }

    @Test
    void manyRunnersAppendTheSameBytesAtOnceAndShareTheChunks() throws Exception {
        byte[] file = noise(10, 400_000);
        List<AttemptName> attempts = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            attempts.add(TraceLab.attempt("shared-" + i));
        }
        long before = LAB.number("select coalesce(sum(octet_length(body)), 0) from chunk");
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Callable<Long>> work = new ArrayList<>();
            for (AttemptName attempt : attempts) {
                work.add(() -> {
                    for (int at = 0; at < file.length; at += 70_000) {
                        LAB.append(attempt, at, Arrays.copyOfRange(file, at, Math.min(file.length, at + 70_000)));
                    }
                    return 0L;
                });
            }
            for (var done : threads.invokeAll(work)) {
                done.get();
            }
        }
        for (AttemptName attempt : attempts) {
            assertThat(LAB.export(attempt)).isEqualTo(file);
        }
        assertThat(LAB.number("select sum(octet_length(body)) from chunk") - before)
                .as("bytes stored for eight equal files")
                .isLessThanOrEqualTo(file.length);
    }

    @Test
    void limitsAreSaidAndKept() {
        TraceLab small = new TraceLab(new TraceLimits(1000, 2500, 2, 1, Duration.ofSeconds(5), 0));
        AttemptName attempt = TraceLab.attempt("limits");
        assertThatThrownBy(() -> small.append(attempt, 0, new byte[1001]))
                .hasMessageContaining("1001 bytes exceed the limit of 1000");
        small.append(attempt, 0, noise(1, 1000));
        small.append(attempt, 1000, noise(2, 1000));
        assertThatThrownBy(() -> small.append(attempt, 2000, noise(3, 501)))
                .satisfies(e -> assertThat(reasonOf(e)).isEqualTo(Reason.TRACE_TOO_LARGE));
        assertThat(small.append(attempt, 2000, noise(3, 500))).isEqualTo(2500);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "attempts/1",
                "projects/p/runs/r/cells/c/attempts/",
                "projects/../runs/r/cells/c/attempts/1",
                "projects/p/runs/r/cells/c/attempts/1/x",
                "projects/p\0/runs/r/cells/c/attempts/1",
                "projects/p'; drop table trace; --/runs/r/cells/c/attempts/1"
            })
    void namesThatAreNoneAreRefused(String name) {
        assertThatThrownBy(() -> AttemptName.parse(name))
                .satisfies(e -> assertThat(reasonOf(e)).isEqualTo(Reason.ARGUMENT_INVALID))
                .hasMessageContaining("attempts/{n}");
    }
}
