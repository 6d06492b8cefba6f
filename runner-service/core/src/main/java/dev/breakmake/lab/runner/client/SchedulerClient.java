package dev.breakmake.lab.runner.client;

import dev.breakmake.lab.v1.AppendLogRequest;
import dev.breakmake.lab.v1.AppendLogResponse;
import dev.breakmake.lab.v1.CompleteAttemptRequest;
import dev.breakmake.lab.v1.CompleteAttemptResponse;
import dev.breakmake.lab.v1.FetchImageRequest;
import dev.breakmake.lab.v1.FetchImageResponse;
import dev.breakmake.lab.v1.RegisterRunnerRequest;
import dev.breakmake.lab.v1.Runner;
import dev.breakmake.lab.v1.RunnerServiceGrpc;
import dev.breakmake.lab.v1.RunnerServiceGrpc.RunnerServiceBlockingStub;
import dev.breakmake.lab.v1.SyncRunnerRequest;
import dev.breakmake.lab.v1.SyncRunnerResponse;
import io.grpc.Channel;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** breakmake.lab.v1.RunnerService. Failures are StatusRuntimeException; see {@link CallErrors}. */
public final class SchedulerClient {

    private static final int CALL_SECONDS = 30;
    private static final int SYNC_EXTRA_SECONDS = 15;
    private static final int FETCH_SECONDS = 600;

    private final RunnerServiceBlockingStub stub;

    /** A client over {@code channel}. */
    public SchedulerClient(Channel channel) {
        this.stub = RunnerServiceGrpc.newBlockingStub(channel);
    }

    private SchedulerClient(RunnerServiceBlockingStub stub) {
        this.stub = stub;
    }

    /** The same with a W3C trace context on every call. */
    public SchedulerClient within(Map<String, String> traceContext) {
        return new SchedulerClient(stub.withInterceptors(Channels.traceContext(traceContext)));
    }

    /** Introduces the runner. */
    public Runner register(RegisterRunnerRequest request) {
        return stub.withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS).registerRunner(request);
    }

    /** Renews leases and takes work; returns when there is some or {@code max_wait} is over. */
    public SyncRunnerResponse sync(SyncRunnerRequest request) {
        return stub.withDeadlineAfter(request.getMaxWait().getSeconds() + SYNC_EXTRA_SECONDS, TimeUnit.SECONDS)
                .syncRunner(request);
    }

    /** A sync that waits for nothing and takes nothing, answered within {@code patience} or not at all. */
    public void tell(SyncRunnerRequest request, Duration patience) {
        SyncRunnerRequest nothing =
                request.toBuilder().setFreeSlots(0).clearMaxWait().build();
        stub.withDeadlineAfter(patience.toMillis(), TimeUnit.MILLISECONDS).syncRunner(nothing);
    }

    /** Adds console bytes. */
    public AppendLogResponse appendLog(AppendLogRequest request) {
        return stub.withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS).appendLog(request);
    }

    /** Ends an attempt. */
    public CompleteAttemptResponse complete(CompleteAttemptRequest request) {
        return stub.withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS).completeAttempt(request);
    }

    /**
     * Fetches an image into {@code file}, continuing what is there already.
     *
     * @return digests of its companions
     */
    public List<String> fetchImage(String attempt, String sha256, Path file) throws IOException {
        List<String> companions = List.of();
        long offset = Files.exists(file) ? Files.size(file) : 0;
        if (offset > 0) {
            // Companions come with the first part only: a broken transfer of that part starts again.
            Files.delete(file);
            offset = 0;
        }
        try (OutputStream out =
                Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING)) {
            Iterator<FetchImageResponse> parts = stub.withDeadlineAfter(FETCH_SECONDS, TimeUnit.SECONDS)
                    .fetchImage(FetchImageRequest.newBuilder()
                            .setAttempt(attempt)
                            .setSha256(sha256)
                            .setOffset(offset)
                            .build());
            while (parts.hasNext()) {
                FetchImageResponse part = parts.next();
                if (part.getOffset() != offset) {
                    throw new IOException(
                            "image " + sha256 + ": byte " + part.getOffset() + " came where " + offset + " was due");
                }
                if (offset == 0) {
                    companions = part.getCompanionsList();
                }
                part.getData().writeTo(out);
                offset += part.getData().size();
            }
        }
        return companions;
    }
}
