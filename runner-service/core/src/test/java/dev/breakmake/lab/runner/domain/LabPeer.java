package dev.breakmake.lab.runner.domain;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import dev.breakmake.lab.v1.AppendLogRequest;
import dev.breakmake.lab.v1.AppendLogResponse;
import dev.breakmake.lab.v1.Assignment;
import dev.breakmake.lab.v1.AttemptProgress;
import dev.breakmake.lab.v1.AttemptResult;
import dev.breakmake.lab.v1.CompleteAttemptRequest;
import dev.breakmake.lab.v1.CompleteAttemptResponse;
import dev.breakmake.lab.v1.FetchImageRequest;
import dev.breakmake.lab.v1.FetchImageResponse;
import dev.breakmake.lab.v1.RegisterRunnerRequest;
import dev.breakmake.lab.v1.Runner;
import dev.breakmake.lab.v1.RunnerServiceGrpc;
import dev.breakmake.lab.v1.SignedTraceReceipt;
import dev.breakmake.lab.v1.SyncRunnerRequest;
import dev.breakmake.lab.v1.SyncRunnerResponse;
import dev.breakmake.lab.v1.Verdict;
import dev.breakmake.trace.v1.AppendTraceRequest;
import dev.breakmake.trace.v1.AppendTraceResponse;
import dev.breakmake.trace.v1.SealTraceRequest;
import dev.breakmake.trace.v1.SealTraceResponse;
import dev.breakmake.trace.v1.TraceIngestServiceGrpc;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * The other end of the wire: both services a runner talks to, with the rules of the contract (offsets, leases) and faults on demand. It
 * keeps what arrived for the test to look at.
 */
final class LabPeer implements AutoCloseable {

    final Map<String, byte[]> images = new ConcurrentHashMap<>();
    private final Map<String, ByteArrayOutputStream> traces = new ConcurrentHashMap<>();
    private final Map<String, ByteArrayOutputStream> logs = new ConcurrentHashMap<>();
    private final Map<String, SealTraceRequest> seals = new ConcurrentHashMap<>();
    final Map<String, AttemptResult> results = new ConcurrentHashMap<>();
    /** Whether syncs that ask for work are answered only when the runner says that it closes: the work was on its way then. */
    volatile boolean answersWhenItCloses;

    /** Whether an administrator drains the runner. */
    volatile boolean drains;

    /** Syncs that ask for work and are not answered yet. */
    final AtomicInteger asking = new AtomicInteger();

    /** Syncs that asked for no work. */
    final AtomicInteger contentSyncs = new AtomicInteger();

    private final CountDownLatch closing = new CountDownLatch(1);
    final Set<String> cancelled = ConcurrentHashMap.newKeySet();
    final Set<String> lost = ConcurrentHashMap.newKeySet();
    volatile boolean down;
    final AtomicInteger failures = new AtomicInteger();
    private final Queue<Assignment> queue = new ArrayDeque<>();
    private final Set<String> held = new HashSet<>();
    private final Server server;

    LabPeer() throws IOException {
        server = NettyServerBuilder.forPort(0)
                .addService(new Scheduler())
                .addService(new Traces())
                .build()
                .start();
    }

    String target() {
        return "127.0.0.1:" + server.getPort();
    }

    AttemptResult result(String attempt) {
        return Objects.requireNonNull(results.get(attempt), attempt);
    }

    byte[] trace(String attempt) {
        return Objects.requireNonNull(traces.get(attempt), attempt).toByteArray();
    }

    String log(String attempt) {
        return Objects.requireNonNull(logs.get(attempt), attempt).toString(StandardCharsets.UTF_8);
    }

    SealTraceRequest seal(String attempt) {
        return Objects.requireNonNull(seals.get(attempt), attempt);
    }

    synchronized void submit(Assignment assignment) {
        queue.add(assignment);
    }

    synchronized Set<String> held() {
        return Set.copyOf(held);
    }

    /** Waits for a state, not for a time; a minute is only the end of patience. */
    static void await(String what, BooleanSupplier state) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        while (!state.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("still not: " + what);
            }
            Thread.sleep(20);
        }
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    private <T> boolean refused(StreamObserver<T> observer, String attempt) {
        if (down) {
            failures.incrementAndGet();
            observer.onError(
                    Status.UNAVAILABLE.withDescription("down for the test").asRuntimeException());
            return true;
        }
        if (lost.contains(attempt)) {
            observer.onError(error(Code.ABORTED, "LEASE_LOST", Map.of()));
            return true;
        }
        return false;
    }

    private static RuntimeException error(Code code, String reason, Map<String, String> metadata) {
        return StatusProto.toStatusRuntimeException(com.google.rpc.Status.newBuilder()
                .setCode(code.getNumber())
                .setMessage(reason)
                .addDetails(Any.pack(ErrorInfo.newBuilder()
                        .setReason(reason)
                        .setDomain("test")
                        .putAllMetadata(metadata)
                        .build()))
                .build());
    }

    private static <T> void answer(StreamObserver<T> observer, T value) {
        observer.onNext(value);
        observer.onCompleted();
    }

    private static long append(Map<String, ByteArrayOutputStream> files, String attempt, long offset, ByteString data) {
        ByteArrayOutputStream file = files.computeIfAbsent(attempt, key -> new ByteArrayOutputStream());
        synchronized (file) {
            if (offset > file.size()) {
                throw error(Code.INVALID_ARGUMENT, "TRACE_GAP", Map.of("next_offset", Integer.toString(file.size())));
            }
            int known = (int) (file.size() - offset);
            if (known < data.size()) {
                file.writeBytes(data.substring(known).toByteArray());
            }
            return file.size();
        }
    }

    private final class Scheduler extends RunnerServiceGrpc.RunnerServiceImplBase {

        @Override
        public void registerRunner(RegisterRunnerRequest request, StreamObserver<Runner> observer) {
            if (!refused(observer, "")) {
                answer(
                        observer,
                        Runner.newBuilder()
                                .setName("runners/" + request.getRunnerId())
                                .build());
            }
        }

        @Override
        public void syncRunner(SyncRunnerRequest request, StreamObserver<SyncRunnerResponse> observer) {
            if (refused(observer, "")) {
                return;
            }
            SyncRunnerResponse.Builder response =
                    SyncRunnerResponse.newBuilder().setDraining(drains);
            if (request.getPreferIdle()) {
                closing.countDown();
            }
            if (request.getFreeSlots() == 0) {
                contentSyncs.incrementAndGet();
            }
            if (answersWhenItCloses && request.getFreeSlots() > 0) {
                asking.incrementAndGet();
                try {
                    closing.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            synchronized (LabPeer.this) {
                held.clear();
                request.getCurrentList().stream()
                        .map(AttemptProgress::getAttempt)
                        .forEach(held::add);
                List<Assignment> start = new ArrayList<>();
                while (start.size() < request.getFreeSlots() && !queue.isEmpty()) {
                    start.add(queue.remove());
                }
                response.addAllStart(start);
            }
            long now = System.currentTimeMillis();
            answer(
                    observer,
                    response.addAllCancel(cancelled)
                            .addAllLost(lost)
                            .setServerTime(Timestamps.fromMillis(now))
                            .setNextSyncTime(Timestamps.fromMillis(now + 50))
                            .build());
        }

        @Override
        public void appendLog(AppendLogRequest request, StreamObserver<AppendLogResponse> observer) {
            if (!refused(observer, request.getAttempt())) {
                answer(
                        observer,
                        AppendLogResponse.newBuilder()
                                .setNextOffset(
                                        append(logs, request.getAttempt(), request.getOffset(), request.getData()))
                                .build());
            }
        }

        @Override
        public void completeAttempt(CompleteAttemptRequest request, StreamObserver<CompleteAttemptResponse> observer) {
            if (!refused(observer, request.getAttempt())) {
                results.put(request.getAttempt(), request.getResult());
                answer(
                        observer,
                        CompleteAttemptResponse.newBuilder()
                                .setVerdict(Verdict.VERDICT_PASSED)
                                .build());
            }
        }

        @Override
        public void fetchImage(FetchImageRequest request, StreamObserver<FetchImageResponse> observer) {
            byte[] image = images.get(request.getSha256());
            if (image == null) {
                observer.onError(error(Code.NOT_FOUND, "NOT_FOUND", Map.of()));
                return;
            }
            int part = 200_000;
            for (int at = 0; at < image.length; at += part) {
                observer.onNext(FetchImageResponse.newBuilder()
                        .setOffset(at)
                        .setData(ByteString.copyFrom(image, at, Math.min(part, image.length - at)))
                        .setTotalBytes(image.length)
                        .build());
            }
            observer.onCompleted();
        }
    }

    private final class Traces extends TraceIngestServiceGrpc.TraceIngestServiceImplBase {

        @Override
        public void appendTrace(AppendTraceRequest request, StreamObserver<AppendTraceResponse> observer) {
            if (!refused(observer, request.getAttempt())) {
                try {
                    long end = append(traces, request.getAttempt(), request.getOffset(), request.getData());
                    answer(
                            observer,
                            AppendTraceResponse.newBuilder().setNextOffset(end).build());
                } catch (RuntimeException e) {
                    observer.onError(e);
                }
            }
        }

        @Override
        public void sealTrace(SealTraceRequest request, StreamObserver<SealTraceResponse> observer) {
            if (!refused(observer, request.getAttempt())) {
                seals.put(request.getAttempt(), request);
                answer(
                        observer,
                        SealTraceResponse.newBuilder()
                                .setReceipt(SignedTraceReceipt.newBuilder()
                                        .setReceipt(ByteString.copyFromUtf8("receipt of " + request.getAttempt())))
                                .build());
            }
        }
    }
}
