package dev.breakmake.cli.matrix;

import com.google.protobuf.Timestamp;
import dev.breakmake.cli.CommandFailure;
import dev.breakmake.cli.matrix.LocalImages.LocalImage;
import dev.breakmake.lab.runner.backend.CellBackend;
import dev.breakmake.lab.scheduler.judge.Judgement;
import dev.breakmake.lab.scheduler.matrix.Expansion;
import dev.breakmake.lab.v1.AttemptState;
import dev.breakmake.lab.v1.Backend;
import dev.breakmake.lab.v1.BootSpec;
import dev.breakmake.lab.v1.Cause;
import dev.breakmake.lab.v1.Cell;
import dev.breakmake.lab.v1.JobSpec;
import dev.breakmake.lab.v1.Module;
import dev.breakmake.lab.v1.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A job's cells in this process, on all cores, without a lab: same cells, same backends, same verdicts. */
public final class JobRun {

    private final JobFile file;
    private final LocalImages images;
    private final Map<Backend, CellBackend> backends;
    private final List<Expansion.Point> points;
    private final AtomicReferenceArray<CellState> states;
    private volatile boolean cancelled;

    /**
     * A run.
     *
     * @param backends what this machine has
     */
    public JobRun(JobFile file, LocalImages images, Map<Backend, CellBackend> backends) {
        this.file = file;
        this.images = images;
        this.backends = Map.copyOf(backends);
        this.points = file.expansion().points();
        this.states = new AtomicReferenceArray<>(points.size());
        for (int i = 0; i < points.size(); i++) {
            states.set(i, CellState.QUEUED);
        }
    }

    /** The cells' parameters in matrix order. */
    public List<Map<String, String>> parameters() {
        return points.stream().map(Expansion.Point::parameters).toList();
    }

    /** Where each cell is now, in matrix order. */
    public List<CellState> states() {
        List<CellState> now = new ArrayList<>();
        for (int i = 0; i < states.length(); i++) {
            now.add(states.get(i));
        }
        return now;
    }

    /** Lets no further cell begin and stops those that run: they end SKIPPED. */
    public void cancel() {
        cancelled = true;
    }

    /** Whether it was cancelled. */
    public boolean isCancelled() {
        return cancelled;
    }

    /**
     * Finds every image the cells name, so that nothing starts that could not end.
     *
     * @throws CommandFailure naming the first that is missing
     */
    public void requireImages() throws IOException {
        for (Expansion.Point point : points) {
            BootSpec boot = point.boot(spec().getBoot());
            if (!boot.getImage().isEmpty()) {
                images.of(boot.getImage());
            }
            for (Module module : boot.getModulesList()) {
                images.of(module.getImage());
            }
        }
    }

    /**
     * Runs all cells to their end.
     *
     * @param onVerdict told each cell when it has its verdict, one at a time
     * @return the cells in matrix order
     */
    public List<FinishedCell> run(int threads, Consumer<FinishedCell> onVerdict)
            throws IOException, InterruptedException {
        ExecutorService executor = Executors.newFixedThreadPool(
                Math.clamp(points.size(), 1, threads),
                Thread.ofPlatform().name("cell-", 0).factory());
        Path folder = Files.createTempDirectory("breakmake-matrix-");
        try {
            List<Future<FinishedCell>> futures = new ArrayList<>();
            for (int i = 0; i < points.size(); i++) {
                int index = i;
                futures.add(executor.submit(() -> one(index, folder, onVerdict)));
            }
            List<FinishedCell> cells = new ArrayList<>();
            for (Future<FinishedCell> future : futures) {
                cells.add(future.get());
            }
            return cells;
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case CommandFailure failure -> throw failure;
                case IOException failure -> throw failure;
                case null, default ->
                    throw new IllegalStateException("a cell failed in breakmake itself", e.getCause());
            }
        } finally {
            executor.shutdownNow();
            Files.deleteIfExists(folder);
        }
    }

    private JobSpec spec() {
        return file.job().getSpec();
    }

    private FinishedCell one(int index, Path folder, Consumer<FinishedCell> onVerdict)
            throws IOException, InterruptedException {
        Expansion.Point point = points.get(index);
        BootSpec boot = point.boot(spec().getBoot());
        Cell.Builder cell = Cell.newBuilder()
                .setName("cells/" + (index + 1))
                .setCellKey(point.cellKey())
                .putAllParameters(point.parameters())
                .setBoot(boot)
                .setCreateTime(now());
        FinishedCell done;
        if (cancelled) {
            done = ended(cell, null, null, Judgement.of(Verdict.VERDICT_SKIPPED, Cause.CAUSE_CANCELLED, "cancelled"));
        } else {
            states.set(index, CellState.RUNNING);
            done = booted(boot, point, cell, folder);
        }
        synchronized (this) {
            states.set(index, CellState.valueOf(done.cell().getVerdict().name().substring("VERDICT_".length())));
            onVerdict.accept(done);
        }
        return done;
    }

    private FinishedCell booted(BootSpec boot, Expansion.Point point, Cell.Builder cell, Path folder)
            throws IOException, InterruptedException {
        Backend wanted = boot.getBackend() == Backend.BACKEND_UNSPECIFIED ? Backend.BACKEND_ENGINE : boot.getBackend();
        if (!boot.getFlow().isEmpty() && wanted != Backend.BACKEND_ENGINE) {
            return ended(
                    cell,
                    null,
                    null,
                    Judgement.of(
                            Verdict.VERDICT_ERRORED,
                            Cause.CAUSE_CONFIGURATION,
                            "flows run on the engine only; set backend: ENGINE"));
        }
        CellBackend backend = Backends.of(boot, backends);
        LocalImage image = boot.getImage().isEmpty() ? null : images.of(boot.getImage());
        if (image != null) {
            cell.setBoot(boot.toBuilder().setImageDigest(image.sha256()));
        }
        if (backend == null) {
            String detail = wanted == Backend.BACKEND_QEMU
                    ? "no QEMU on this machine (Debian: apt install qemu-system-arm)"
                    : "no backend " + wanted + " on this machine";
            return ended(cell, image, null, Judgement.of(Verdict.VERDICT_MISSED, Cause.CAUSE_INFRASTRUCTURE, detail));
        }
        CellBoot.Done done = new CellBoot(spec(), point.parameters())
                .run(backend, CellFiles.work(spec(), boot, images, folder), this::isCancelled, Instant.now());
        cell.setAttemptCount(1);
        if (done.result().hasOutcome()) {
            cell.setOutcome(done.result().getOutcome());
        }
        if (done.seen() != null) {
            cell.setTraceDigest(done.seen().traceDigest());
        }
        return ended(cell, image, booted(backend, done), done.judgement());
    }

    private static CellReports.Booted booted(CellBackend backend, CellBoot.Done done) {
        long millis = done.seen() == null ? 0 : done.seen().elapsedMillis();
        return new CellReports.Booted(backend.version(), done.seen(), done.console(), millis);
    }

    private static FinishedCell ended(
            Cell.Builder cell, @Nullable LocalImage image, CellReports.@Nullable Booted booted, Judgement judgement) {
        Cell finished = cell.setState(
                        judgement.cause() == Cause.CAUSE_CANCELLED
                                ? AttemptState.ATTEMPT_STATE_CANCELLED
                                : AttemptState.ATTEMPT_STATE_COMPLETED)
                .setVerdict(judgement.verdict())
                .setCause(judgement.cause())
                .setDetail(judgement.detail())
                .addAllFindings(judgement.findings())
                .addAllMissingExpectations(judgement.missing())
                .setEndTime(now())
                .build();
        return new FinishedCell(finished, CellReports.of(finished, image, booted));
    }

    private static Timestamp now() {
        return Timestamp.newBuilder().setSeconds(Instant.now().getEpochSecond()).build();
    }
}
