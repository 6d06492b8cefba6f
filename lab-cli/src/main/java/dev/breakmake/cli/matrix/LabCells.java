package dev.breakmake.cli.matrix;

import com.fasterxml.jackson.databind.JsonNode;
import dev.breakmake.cli.CommandFailure;
import dev.breakmake.cli.boot.BootProgress;
import dev.breakmake.cli.boot.BootWatch;
import dev.breakmake.cli.boot.Wanted;
import dev.breakmake.cli.client.LabClient;
import dev.breakmake.cli.matrix.LocalImages.LocalImage;
import dev.breakmake.lab.runner.backend.CellBackend;
import dev.breakmake.lab.runner.domain.AttemptFault;
import dev.breakmake.lab.v1.Backend;
import dev.breakmake.lab.v1.BootSpec;
import dev.breakmake.lab.v1.Cell;
import dev.breakmake.lab.v1.JobSpec;
import dev.breakmake.translation.finding.SymbolSource;
import dev.breakmake.translation.rule.Profile;
import dev.breakmake.translation.trace.TraceFormatException;
import dev.breakmake.translation.trace.TraceReader;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Cells that a lab executed, as the report files show boots: each one's trace and console are fetched and looked at here. */
public final class LabCells {

    private final LabClient lab;
    private final LocalImages images;
    private final Map<Backend, CellBackend> backends;

    /** Cells of a lab, whose images this machine has too. */
    public LabCells(LabClient lab, LocalImages images, Map<Backend, CellBackend> backends) {
        this.lab = lab;
        this.images = images;
        this.backends = Map.copyOf(backends);
    }

    /**
     * The cells with their reports, in their order; looks at as many at a time as there are processors.
     *
     * @param spec the job they belong to
     * @param cells as the lab gives them, at their end
     */
    public List<FinishedCell> finished(JobSpec spec, List<Cell> cells) throws IOException, InterruptedException {
        List<Callable<FinishedCell>> looks = cells.stream()
                .<Callable<FinishedCell>>map(cell -> () -> finished(spec, cell))
                .toList();
        List<FinishedCell> finished = new ArrayList<>();
        try (ExecutorService threads =
                Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
            for (Future<FinishedCell> look : threads.invokeAll(looks)) {
                finished.add(look.get());
            }
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException failure -> throw failure;
                case RuntimeException failure -> throw failure;
                case null, default -> throw new IllegalStateException(e);
            }
        }
        return finished;
    }

    private FinishedCell finished(JobSpec spec, Cell cell) throws IOException, InterruptedException {
        BootSpec boot = cell.getBoot();
        LocalImage image = boot.getImage().isEmpty() ? null : images.of(boot.getImage());
        CellBackend backend = Backends.of(boot, backends);
        if (backend == null || cell.getTraceDigest().isEmpty()) {
            return new FinishedCell(cell, CellReports.of(cell, image, null));
        }
        String attempt = cell.getName() + "/attempts/" + cell.getAttemptCount();
        BootWatch.Seen seen = seen(attempt, symbols(backend, spec, boot));
        if (!cell.getTraceDigest().equals(seen.traceDigest())) {
            throw CommandFailure.fault(
                    attempt + ": the trace the lab gives out is not the one it judged (" + seen.traceDigest() + ")",
                    "its trace database is damaged");
        }
        return new FinishedCell(
                cell,
                CellReports.of(
                        cell,
                        image,
                        new CellReports.Booted(backend.version(), seen, console(attempt), bootMillis(cell))));
    }

    /** How long the last attempt's boot took on its runner. */
    private long bootMillis(Cell cell) throws IOException, InterruptedException {
        long millis = 0;
        for (JsonNode attempt : lab.get("/v1/" + cell.getName() + "/attempts").path("attempts")) {
            for (JsonNode timing : attempt.path("timings")) {
                if (timing.path("phase").asText().equals("BOOT")) {
                    // A duration in protobuf's JSON: seconds, then an s.
                    millis = Duration.parse(
                                    "PT" + timing.path("duration").asText("0s").toUpperCase(Locale.ROOT))
                            .toMillis();
                }
            }
        }
        return millis;
    }

    private SymbolSource symbols(CellBackend backend, JobSpec spec, BootSpec boot) throws IOException {
        try {
            return backend.symbols(CellFiles.work(spec, boot, images, Path.of("")));
        } catch (AttemptFault e) {
            return SymbolSource.NONE; // the lab's runner could not boot it either and has said why
        }
    }

    private BootWatch.Seen seen(String attempt, SymbolSource symbols) throws IOException, InterruptedException {
        String trace = lab.get("/v1/traces:byAttempt?attempt=" + LabClient.encoded(attempt))
                .path("name")
                .asText();
        try (InputStream in = new BufferedInputStream(lab.file("/v1/" + trace + ":export"), 1 << 16);
                BootWatch watch =
                        new BootWatch(Profile.DEFAULT, null, Wanted.DIGEST, symbols, BootProgress.of(false))) {
            TraceReader.read(in, watch);
            return watch.finish();
        } catch (TraceFormatException e) {
            throw CommandFailure.fault(
                    attempt + ": the lab gives out a trace that cannot be read: " + e.getMessage(),
                    "its trace database is damaged",
                    e);
        }
    }

    private List<String> console(String attempt) throws IOException, InterruptedException {
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        byte[] piece;
        do {
            JsonNode answer = lab.get("/v1/" + attempt + "/log?offset=" + log.size());
            piece = Base64.getDecoder().decode(answer.path("data").asText(""));
            log.writeBytes(piece);
        } while (piece.length > 0);
        return log.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
