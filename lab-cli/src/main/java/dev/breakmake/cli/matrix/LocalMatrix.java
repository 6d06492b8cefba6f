package dev.breakmake.cli.matrix;

import dev.breakmake.cli.CommandFailure;
import dev.breakmake.cli.boot.BootProgress;
import dev.breakmake.cli.boot.BootReport;
import dev.breakmake.cli.boot.BootRequest;
import dev.breakmake.cli.boot.EngineBoot;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Runs cells on the engine, one thread per core, and keeps the order they were given in. */
public final class LocalMatrix {

    private final List<BootRequest> cells;
    private final AtomicInteger finished = new AtomicInteger();
    private final AtomicInteger started = new AtomicInteger();

    /** A matrix of these cells. */
    public LocalMatrix(List<BootRequest> cells) {
        this.cells = List.copyOf(cells);
    }

    /** Cells that have a verdict. */
    public int finished() {
        return finished.get();
    }

    /** Cells that run now. */
    public int running() {
        return started.get() - finished.get();
    }

    /** All cells. */
    public int total() {
        return cells.size();
    }

    /**
     * Runs all cells to their end.
     *
     * @param onVerdict told each report when it is there, one at a time
     * @return the reports in the order of the cells
     */
    public List<BootReport> run(int threads, Consumer<BootReport> onVerdict) throws IOException, InterruptedException {
        ExecutorService executor = Executors.newFixedThreadPool(
                Math.clamp(cells.size(), 1, threads),
                Thread.ofPlatform().name("cell-", 0).factory());
        try {
            List<Future<BootReport>> futures = new ArrayList<>();
            for (BootRequest cell : cells) {
                futures.add(executor.submit(() -> one(cell, onVerdict)));
            }
            List<BootReport> reports = new ArrayList<>();
            for (Future<BootReport> future : futures) {
                reports.add(future.get());
            }
            return reports;
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case CommandFailure failure -> throw failure;
                case IOException failure -> throw failure;
                case null, default ->
                    throw new IllegalStateException("a cell failed in breakmake itself", e.getCause());
            }
        } finally {
            executor.shutdownNow();
        }
    }

    private BootReport one(BootRequest cell, Consumer<BootReport> onVerdict) throws IOException {
        started.incrementAndGet();
        BootReport report = EngineBoot.run(cell, BootProgress.of(false));
        synchronized (this) {
            finished.incrementAndGet();
            onVerdict.accept(report);
        }
        return report;
    }
}
