package dev.breakmake.lab.runner.domain;

import com.google.protobuf.ByteString;
import dev.breakmake.lab.runner.client.CallErrors;
import dev.breakmake.lab.runner.client.SchedulerClient;
import dev.breakmake.lab.runner.client.TraceClient;
import dev.breakmake.lab.runner.spool.SpooledAttempt;
import dev.breakmake.lab.v1.AppendLogRequest;
import dev.breakmake.lab.v1.Assignment;
import dev.breakmake.lab.v1.AttemptResult;
import dev.breakmake.lab.v1.CompleteAttemptRequest;
import dev.breakmake.lab.v1.CompleteAttemptResponse;
import dev.breakmake.lab.v1.SignedTraceReceipt;
import dev.breakmake.trace.v1.AppendTraceRequest;
import dev.breakmake.trace.v1.SealTraceRequest;
import dev.breakmake.trace.v1.TraceOrigin;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Delivers one attempt: log and trace while they grow, then seal and completion. Every call is repeated until it succeeds, is refused for
 * good, or the lease is lost: an outage of either service delays an attempt and loses nothing.
 */
final class Shipper {

    private static final Logger LOG = Logger.getLogger(Shipper.class);
    private static final int PIECE = 512 * 1024;
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

    private final SpooledAttempt attempt;
    private final Assignment assignment;
    private final SchedulerClient scheduler;
    private final TraceClient traces;
    private final StopSignal stop;
    private final TraceOrigin origin;
    private final Backoff backoff = new Backoff(LONGEST_PAUSE);
    private volatile long logOffset;
    private volatile long traceOffset;
    private volatile String waitsFor = "";
    private boolean logFull;

    Shipper(
            SpooledAttempt attempt,
            SchedulerClient scheduler,
            TraceClient traces,
            StopSignal stop,
            TraceOrigin origin) {
        this.attempt = attempt;
        this.assignment = attempt.assignment();
        this.scheduler = scheduler.within(assignment.getW3CTraceContextMap());
        this.traces = traces.within(assignment.getW3CTraceContextMap());
        this.stop = stop;
        this.origin = origin;
    }

    long logOffset() {
        return logOffset;
    }

    long traceOffset() {
        return traceOffset;
    }

    /** Why the latest call has to be repeated, in the service's words, or nothing. */
    String waitsFor() {
        return waitsFor;
    }

    /** The service refused for good. */
    static final class RefusedException extends Exception {
        RefusedException(StatusRuntimeException cause) {
            super(String.valueOf(cause.getMessage()), cause);
        }
    }

    /** The attempt has to stop before everything is delivered. */
    static final class AbandonedException extends Exception {
        AbandonedException() {
            super("the delivery was abandoned");
        }
    }

    /** Ships what is there now, log first; returns whether anything was. */
    boolean shipAvailable() throws IOException, InterruptedException, RefusedException, AbandonedException {
        boolean any = false;
        boolean more;
        do {
            boolean log = shipLog();
            boolean trace = shipTrace();
            more = log || trace;
            any |= more;
        } while (more);
        return any;
    }

    private boolean shipLog() throws IOException, InterruptedException, RefusedException, AbandonedException {
        byte[] piece = logFull ? new byte[0] : SpooledAttempt.read(attempt.log(), logOffset, PIECE);
        if (piece.length == 0) {
            return false;
        }
        var answer = patiently(() -> scheduler.appendLog(AppendLogRequest.newBuilder()
                .setAttempt(assignment.getAttempt())
                .setLease(assignment.getLease())
                .setOffset(logOffset)
                .setData(ByteString.copyFrom(piece))
                .build()));
        logFull = answer.getTruncated();
        logOffset = answer.getNextOffset();
        return true;
    }

    private boolean shipTrace() throws IOException, InterruptedException, RefusedException, AbandonedException {
        byte[] piece = SpooledAttempt.read(attempt.trace(), traceOffset, PIECE);
        if (piece.length == 0) {
            return false;
        }
        try {
            traceOffset = patiently(() -> traces.append(AppendTraceRequest.newBuilder()
                            .setAttempt(assignment.getAttempt())
                            .setLeaseId(assignment.getLease().getLeaseId())
                            .setFence(assignment.getLease().getFence())
                            .setOffset(traceOffset)
                            .setData(ByteString.copyFrom(piece))
                            .setOrigin(origin)
                            .build()))
                    .getNextOffset();
        } catch (RefusedException e) {
            if (e.getCause() instanceof StatusRuntimeException cause
                    && CallErrors.reason(cause).equals("TRACE_GAP")) {
                // The service knows less than it acknowledged to an earlier life of ours: it says where to go on.
                traceOffset = CallErrors.number(cause, "next_offset").orElse(0L);
                return true;
            }
            throw e;
        }
        return true;
    }

    /** Seals the trace, everything of it being delivered. */
    SignedTraceReceipt seal(SealTraceRequest request)
            throws InterruptedException, RefusedException, AbandonedException {
        return patiently(() -> traces.seal(request)).getReceipt();
    }

    /** Ends the attempt. */
    CompleteAttemptResponse complete(AttemptResult result)
            throws InterruptedException, RefusedException, AbandonedException {
        return patiently(() -> scheduler.complete(CompleteAttemptRequest.newBuilder()
                .setAttempt(assignment.getAttempt())
                .setLease(assignment.getLease())
                .setResult(result)
                .build()));
    }

    private <T> T patiently(Supplier<T> call) throws InterruptedException, RefusedException, AbandonedException {
        while (true) {
            StopSignal.Reason reason = stop.reason();
            if (reason == StopSignal.Reason.LOST || reason == StopSignal.Reason.SHUTDOWN) {
                throw new AbandonedException();
            }
            try {
                T result = call.get();
                waitsFor = "";
                backoff.reset();
                return result;
            } catch (StatusRuntimeException e) {
                if (CallErrors.leaseLost(e)) {
                    stop.lost();
                    throw new AbandonedException();
                }
                if (!CallErrors.transientFailure(e)) {
                    throw new RefusedException(e);
                }
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                waitsFor = CallErrors.reason(e) + ", " + e.getStatus().getDescription();
                LOG.infof(
                        "%s: %s, trying again",
                        assignment.getAttempt(), e.getStatus().getDescription());
                backoff.pause();
            }
        }
    }
}
