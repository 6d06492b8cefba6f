package dev.breakmake.lab.scheduler.api.grpc;

import com.google.protobuf.ByteString;
import dev.breakmake.lab.scheduler.domain.Images;
import dev.breakmake.lab.scheduler.domain.LabException;
import dev.breakmake.lab.scheduler.domain.Leases;
import dev.breakmake.lab.scheduler.domain.Names;
import dev.breakmake.lab.scheduler.domain.Role;
import dev.breakmake.lab.v1.AppendLogRequest;
import dev.breakmake.lab.v1.AppendLogResponse;
import dev.breakmake.lab.v1.CompleteAttemptRequest;
import dev.breakmake.lab.v1.CompleteAttemptResponse;
import dev.breakmake.lab.v1.FetchImageRequest;
import dev.breakmake.lab.v1.FetchImageResponse;
import dev.breakmake.lab.v1.RegisterRunnerRequest;
import dev.breakmake.lab.v1.Runner;
import dev.breakmake.lab.v1.RunnerServiceGrpc;
import dev.breakmake.lab.v1.SyncRunnerRequest;
import dev.breakmake.lab.v1.SyncRunnerResponse;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;
import io.quarkus.grpc.RegisterInterceptor;
import io.smallrye.common.annotation.RunOnVirtualThread;
import org.jboss.logging.Logger;

/** Adapter of breakmake.lab.v1.RunnerService. */
@GrpcService
@RunOnVirtualThread
@RegisterInterceptor(AuthInterceptor.class)
public class RunnerServiceGrpcApi extends RunnerServiceGrpc.RunnerServiceImplBase {

    private static final Logger LOG = Logger.getLogger(RunnerServiceGrpcApi.class);

    private final Leases leases;
    private final Images images;

    RunnerServiceGrpcApi(Leases leases, Images images) {
        this.leases = leases;
        this.images = images;
    }

    @Override
    public void registerRunner(RegisterRunnerRequest request, StreamObserver<Runner> observer) {
        Calls.unary(observer, caller -> leases.register(caller, request));
    }

    @Override
    public void syncRunner(SyncRunnerRequest request, StreamObserver<SyncRunnerResponse> observer) {
        Calls.unary(observer, caller -> leases.sync(caller, request));
    }

    @Override
    public void appendLog(AppendLogRequest request, StreamObserver<AppendLogResponse> observer) {
        Calls.unary(observer, caller -> {
            try (LogIds _ = LogIds.of(request.getAttempt(), caller)) {
                return leases.appendLog(caller, request);
            }
        });
    }

    @Override
    public void completeAttempt(CompleteAttemptRequest request, StreamObserver<CompleteAttemptResponse> observer) {
        Calls.unary(observer, caller -> {
            try (LogIds _ = LogIds.of(request.getAttempt(), caller)) {
                CompleteAttemptResponse done = leases.complete(caller, request);
                LOG.debugf("attempt ended: %s, %s", done.getVerdict(), done.getCause());
                return done;
            } catch (LabException e) {
                LOG.infof("completion refused: %s: %s", e.reason(), e.detail());
                throw e;
            }
        });
    }

    @Override
    public void fetchImage(FetchImageRequest request, StreamObserver<FetchImageResponse> observer) {
        Calls.stream(observer, (caller, sink) -> {
            Names.AttemptName attempt = Names.attempt(request.getAttempt());
            String image = "projects/" + attempt.project() + "/images/" + Names.digest("sha256", request.getSha256());
            long offset = request.getOffset();
            while (true) {
                Images.Piece piece = images.read(caller, Role.RUNNER, image, offset);
                FetchImageResponse.Builder part = FetchImageResponse.newBuilder()
                        .setOffset(offset)
                        .setData(ByteString.copyFrom(piece.data()))
                        .setTotalBytes(piece.image().getSizeBytes());
                if (offset == request.getOffset()) {
                    part.addAllCompanions(piece.image().getCompanionsList());
                }
                offset += piece.data().length;
                if (!sink.send(part.build()) || offset >= piece.image().getSizeBytes()) {
                    return;
                }
            }
        });
    }
}
