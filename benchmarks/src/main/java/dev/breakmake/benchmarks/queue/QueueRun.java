package dev.breakmake.benchmarks.queue;

import dev.breakmake.lab.v1.Axis;
import dev.breakmake.lab.v1.BootSpec;
import dev.breakmake.lab.v1.CancelRunRequest;
import dev.breakmake.lab.v1.CreateRunRequest;
import dev.breakmake.lab.v1.GetRunRequest;
import dev.breakmake.lab.v1.JobSpec;
import dev.breakmake.lab.v1.Matrix;
import dev.breakmake.lab.v1.MatrixLimits;
import dev.breakmake.lab.v1.Run;
import dev.breakmake.lab.v1.RunServiceGrpc;
import dev.breakmake.lab.v1.RunServiceGrpc.RunServiceBlockingStub;
import dev.breakmake.lab.v1.RunState;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Figures of one run.
 *
 * @param shortQueue cells per second leased and completed with a few thousand cells queued
 * @param longQueue the same with tens of thousands queued
 * @param expansion seconds from submission until the long matrix is expanded and queued
 * @param queued cells of the long matrix
 * @param raw rows per second of the same shape of work by plain SQL on the same server
 */
public record QueueRun(double shortQueue, double longQueue, double expansion, int queued, double raw) {

    private static final int RUNNERS = 16;
    /** For 90 s HotSpot takes a third of two processors. */
    private static final int WARM_UP_ROUNDS = 4;

    /** Cells of a round: a matrix of this many seeds and as many lengths. */
    private static final int WARM_UP_SIDE = 200;

    private static final int MEASURED = 8_000;

    /** Starts a scheduler and measures it. */
    public static QueueRun of(Path jar) throws Exception {
        Path log = Files.createTempFile("breakmake-scheduler", ".log");
        try (SchedulerProcess lab = SchedulerProcess.start(jar, log)) {
            ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", lab.port)
                    .usePlaintext()
                    .build();
            try (IdleRunners runners = new IdleRunners(lab.port, RUNNERS)) {
                RunServiceBlockingStub runs = RunServiceGrpc.newBlockingStub(channel);
                for (int i = 0; i < WARM_UP_ROUNDS; i++) {
                    submit(runs, WARM_UP_SIDE, WARM_UP_SIDE);
                    runners.work(WARM_UP_SIDE * WARM_UP_SIDE);
                }
                submit(runs, 100, MEASURED / 100);
                double few = runners.work(MEASURED);
                long begin = System.nanoTime();
                Run many = submit(runs, 250, 200);
                double expansion = (System.nanoTime() - begin) / 1e9;
                double full = runners.work(MEASURED);
                runs.cancelRun(
                        CancelRunRequest.newBuilder().setName(many.getName()).build());
                return new QueueRun(few, full, expansion, 50_000, RawQueue.work(lab, MEASURED));
            } finally {
                channel.shutdownNow();
            }
        } finally {
            Files.deleteIfExists(log);
        }
    }

    /** Submits a matrix of seeds and lengths and waits until all its cells are queued. */
    private static Run submit(RunServiceBlockingStub runs, int seeds, int quanta) throws InterruptedException {
        JobSpec spec = JobSpec.newBuilder()
                .setBoot(BootSpec.newBuilder().setFlow("arm64/enable-mmu"))
                .setMatrix(Matrix.newBuilder()
                        .addAxes(Axis.newBuilder().setName("seed").addAllValues(numbers(seeds)))
                        .addAxes(Axis.newBuilder().setName("quantum").addAllValues(numbers(quanta)))
                        .setLimits(MatrixLimits.newBuilder().setMaxCells(seeds * quanta)))
                .build();
        Run run = runs.createRun(CreateRunRequest.newBuilder()
                .setParent("projects/default")
                .setSpec(spec)
                .build());
        while (run.getState() == RunState.RUN_STATE_PENDING || run.getState() == RunState.RUN_STATE_EXPANDING) {
            Thread.sleep(20);
            run = runs.getRun(GetRunRequest.newBuilder().setName(run.getName()).build());
        }
        return run;
    }

    private static List<String> numbers(int count) {
        return IntStream.rangeClosed(1, count).mapToObj(Integer::toString).toList();
    }

    /** Prints the table of docs/performance.md. */
    public void print(PrintStream out) {
        out.printf("%-62s %10s%n", "lease + complete by gRPC, 16 runners, empty work", "cells/s");
        out.printf("%-62s %,10.0f%n", "  short queue", shortQueue);
        out.printf(
                "%-62s %,10.0f   (%.2f of the short queue)%n",
                "  %,d cells queued".formatted(queued), longQueue, longQueue / shortQueue);
        out.printf(
                "%-62s %,10.0f   (the scheduler does %.2f of it)%n",
                "raw SQL: lease 16, delete one by one, 4 connections", raw, shortQueue / raw);
        out.printf("%-62s %10.1f s%n", "expanding and queueing %,d cells".formatted(queued), expansion);
    }
}
