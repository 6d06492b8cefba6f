package dev.breakmake.benchmarks.queue;

import dev.breakmake.lab.v1.Architecture;
import dev.breakmake.lab.v1.Assignment;
import dev.breakmake.lab.v1.AttemptResult;
import dev.breakmake.lab.v1.Backend;
import dev.breakmake.lab.v1.Capabilities;
import dev.breakmake.lab.v1.CompleteAttemptRequest;
import dev.breakmake.lab.v1.CompleteAttemptResponse;
import dev.breakmake.lab.v1.Outcome;
import dev.breakmake.lab.v1.OutcomeKind;
import dev.breakmake.lab.v1.RegisterRunnerRequest;
import dev.breakmake.lab.v1.RunnerServiceGrpc;
import dev.breakmake.lab.v1.RunnerServiceGrpc.RunnerServiceBlockingStub;
import dev.breakmake.lab.v1.SignedTraceReceipt;
import dev.breakmake.lab.v1.SyncRunnerRequest;
import dev.breakmake.lab.v1.TraceReceipt;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Runners, each on a connection of its own, that lease cells and complete them at once: every slot of a runner reports by itself, as the slots of a real runner
 * do.
 */
final class IdleRunners implements AutoCloseable {

    private static final int SLOTS = 16;
    private static final int TRIES = 100;

    private final List<ManagedChannel> channels = new ArrayList<>();
    private final List<RunnerServiceBlockingStub> stubs = new ArrayList<>();

    /** Registers {@code count} runners. */
    IdleRunners(int port, int count) {
        for (int i = 0; i < count; i++) {
            ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", port)
                    .usePlaintext()
                    .build();
            channels.add(channel);
            RunnerServiceBlockingStub stub = RunnerServiceGrpc.newBlockingStub(channel);
            stubs.add(stub);
            stub.registerRunner(RegisterRunnerRequest.newBuilder()
                    .setRunnerId("idle-" + i)
                    .setCapabilities(Capabilities.newBuilder()
                            .addBackends(Backend.BACKEND_ENGINE)
                            .addArchitectures(Architecture.ARCHITECTURE_ARM64)
                            .setSlots(SLOTS))
                    .build());
        }
    }

    /** Leases and completes {@code cells} cells, all runners at once. Returns cells per second. */
    double work(int cells) throws InterruptedException, ExecutionException {
        AtomicInteger left = new AtomicInteger(cells);
        List<Callable<Integer>> loops = new ArrayList<>();
        for (int i = 0; i < stubs.size(); i++) {
            int runner = i;
            loops.add(() -> loop(runner, left));
        }
        long begin = System.nanoTime();
        int done = 0;
        try (ExecutorService threads = Executors.newFixedThreadPool(loops.size())) {
            for (Future<Integer> loop : threads.invokeAll(loops)) {
                done += loop.get();
            }
        }
        return done * 1e9 / (System.nanoTime() - begin);
    }

    private int loop(int runner, AtomicInteger left) throws InterruptedException, ExecutionException {
        RunnerServiceBlockingStub stub = stubs.get(runner);
        SyncRunnerRequest sync = SyncRunnerRequest.newBuilder()
                .setRunner("runners/idle-" + runner)
                .setFreeSlots(SLOTS)
                .build();
        int done = 0;
        while (left.get() > 0) {
            List<Assignment> started = patiently(() -> stub.syncRunner(sync)).getStartList();
            complete(stub, started);
            done += started.size();
            left.addAndGet(-started.size());
        }
        return done;
    }

    /** Every slot reports for itself. */
    private static void complete(RunnerServiceBlockingStub stub, List<Assignment> started)
            throws InterruptedException, ExecutionException {
        List<Callable<CompleteAttemptResponse>> reports = started.stream()
                .<Callable<CompleteAttemptResponse>>map(
                        assignment -> () -> patiently(() -> stub.completeAttempt(completion(assignment))))
                .toList();
        try (ExecutorService slots = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<CompleteAttemptResponse> report : slots.invokeAll(reports)) {
                report.get();
            }
        }
    }

    /** Tries again while the scheduler says that its database is busy, as a real runner does. */
    private static <T> T patiently(Supplier<T> call) {
        for (int tries = 0; ; tries++) {
            try {
                return call.get();
            } catch (StatusRuntimeException e) {
                if (e.getStatus().getCode() != Status.Code.UNAVAILABLE || tries == TRIES) {
                    throw e;
                }
            }
        }
    }

    private static CompleteAttemptRequest completion(Assignment assignment) {
        TraceReceipt receipt = TraceReceipt.newBuilder()
                .setAttempt(assignment.getAttempt())
                .setLeaseId(assignment.getLease().getLeaseId())
                .setFence(assignment.getLease().getFence())
                .setTraceDigest("0".repeat(64))
                .build();
        return CompleteAttemptRequest.newBuilder()
                .setAttempt(assignment.getAttempt())
                .setLease(assignment.getLease())
                .setResult(AttemptResult.newBuilder()
                        .setOutcome(Outcome.newBuilder().setKind(OutcomeKind.OUTCOME_KIND_REACHED))
                        .setReceipt(SignedTraceReceipt.newBuilder().setReceipt(receipt.toByteString())))
                .build();
    }

    @Override
    public void close() {
        channels.forEach(ManagedChannel::shutdownNow);
    }
}
