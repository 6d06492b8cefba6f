package dev.breakmake.lab.scheduler.api.grpc;

import dev.breakmake.lab.scheduler.domain.Caller;
import dev.breakmake.lab.scheduler.domain.LabException;
import dev.breakmake.lab.scheduler.domain.Reason;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Answers calls: one result or a stream, and errors the same way everywhere. Runs on virtual threads, so it may block. */
final class Calls {

    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private Calls() {}

    /** What a call does. */
    @FunctionalInterface
    interface Unary<R> {
        R run(Caller caller) throws InterruptedException;
    }

    static <R> void unary(StreamObserver<R> observer, Unary<R> work) {
        R result;
        try {
            result = work.run(AuthInterceptor.caller());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            observer.onError(
                    GrpcErrors.of(new LabException(Reason.DATABASE_DOWN, "the lab is stopping; try again later", e)));
            return;
        } catch (RuntimeException e) {
            observer.onError(GrpcErrors.of(e));
            return;
        }
        observer.onNext(result);
        observer.onCompleted();
    }

    /** Where a stream's messages go. */
    interface Sink<R> {
        /** Sends a message once the client takes it; returns false when the client is gone. */
        boolean send(R message);

        /** Whether the client is gone. */
        boolean isGone();
    }

    /** What a streaming call does. */
    @FunctionalInterface
    interface Stream<R> {
        void run(Caller caller, Sink<R> sink) throws InterruptedException;
    }

    static <R> void stream(StreamObserver<R> observer, Stream<R> work) {
        ServerCallStreamObserver<R> call = (ServerCallStreamObserver<R>) observer;
        Sink<R> sink = new Sink<>() {
            @Override
            public boolean send(R message) {
                // A slow reader holds its own stream up, never the lab's memory.
                while (!call.isReady() && !call.isCancelled()) {
                    LockSupport.parkNanos(POLL_NANOS);
                }
                if (call.isCancelled()) {
                    return false;
                }
                call.onNext(message);
                return true;
            }

            @Override
            public boolean isGone() {
                return call.isCancelled();
            }
        };
        try {
            work.run(AuthInterceptor.caller(), sink);
            if (!sink.isGone()) {
                call.onCompleted();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fail(call, new LabException(Reason.DATABASE_DOWN, "the lab is stopping; try again later", e));
        } catch (RuntimeException e) {
            fail(call, e);
        }
    }

    private static <R> void fail(ServerCallStreamObserver<R> call, RuntimeException error) {
        if (!call.isCancelled()) {
            call.onError(GrpcErrors.of(error));
        }
    }
}
