package dev.breakmake.lab.trace.domain;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.breakmake.lab.trace.domain.TraceException.Reason;
import dev.breakmake.lab.trace.storage.SealStore;
import dev.breakmake.lab.v1.FindingSummary;
import dev.breakmake.lab.v1.Severity;
import dev.breakmake.lab.v1.SignedTraceReceipt;
import dev.breakmake.lab.v1.TraceReceipt;
import dev.breakmake.trace.v1.CodeSymbol;
import dev.breakmake.trace.v1.ImageSection;
import dev.breakmake.translation.finding.FindingJson;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Ends traces: reads the stored bytes once, lets the checker judge them, stores what was found and issues the receipt. All of it happens
 * after the last byte is durable, so a crash at any point costs a repetition and nothing else.
 */
public final class TraceSeal {

    private static final byte[] NOTHING = {};

    private final SealStore store;
    private final ReceiptSigner signer;
    private final TraceMetrics metrics;
    private final Clock clock;
    private final Turnstile turnstile;
    private final long replayedEvents;

    /** Seals traces of {@code store}. */
    public TraceSeal(SealStore store, ReceiptSigner signer, TraceLimits limits, TraceMetrics metrics, Clock clock) {
        this.store = store;
        this.signer = signer;
        this.metrics = metrics;
        this.clock = clock;
        this.replayedEvents = limits.replayedEvents();
        this.turnstile = new Turnstile("traces being checked", limits.concurrentAnalyses(), limits.patience());
    }

    /**
     * Seals the trace of an attempt; a sealed one answers with the receipt it has.
     *
     * @param sizeBytes length of the whole file
     * @param fileSha256 SHA-256 of the file (32 bytes), or nothing to leave it unchecked
     * @param symbols names of code addresses
     * @param sections parts of the image
     */
    public SignedTraceReceipt seal(
            AttemptName attempt,
            Lease lease,
            long sizeBytes,
            byte[] fileSha256,
            List<CodeSymbol> symbols,
            List<ImageSection> sections) {
        try {
            SealStore.Ready ready = store.begin(attempt, lease, sizeBytes);
            if (ready.receipt() != null) {
                return ready.receipt();
            }
            SymbolNames names = SymbolNames.of(symbols, sections);
            return turnstile.pass(() -> analyse(attempt, lease, ready, fileSha256, names));
        } catch (TraceException e) {
            metrics.rejected(e.reason().name());
            throw e;
        }
    }

    private SignedTraceReceipt analyse(
            AttemptName attempt, Lease lease, SealStore.Ready ready, byte[] fileSha256, SymbolNames names) {
        TraceAnalysis analysis;
        try {
            analysis = metrics.timeAnalysis(
                    () -> store.read(ready, fileSha256, file -> TraceAnalysis.of(file, names, replayedEvents)));
        } catch (TraceException e) {
            if (e.reason() == Reason.TRACE_CORRUPT) {
                store.reject(ready, e.detail());
            }
            throw e;
        }
        List<SeenFinding> findings = SeenFinding.of(analysis.findings());
        byte[] receipt = receipt(attempt, lease, ready, analysis, findings).toByteArray();
        SealStore.Sealed sealed = store.seal(new SealStore.Outcome(
                ready,
                attempt,
                lease,
                analysis,
                findings,
                Compression.pack(FindingJson.write(analysis.findings()).getBytes(StandardCharsets.UTF_8)),
                analysis.summaries()
                        .map(summaries ->
                                Compression.pack(summaries.milestones().toByteArray()))
                        .orElse(NOTHING),
                analysis.summaries().map(TraceAnalysis.Summaries::track).orElse(NOTHING),
                names.isEmpty() ? NOTHING : Compression.pack(names.encode()),
                SignedTraceReceipt.newBuilder()
                        .setReceipt(ByteString.copyFrom(receipt))
                        .setSignature(ByteString.copyFrom(signer.sign(receipt)))
                        .build()));
        if (sealed.first()) {
            metrics.sealed(
                    ready.sizeBytes(), analysis.events(), analysis.steps(), analysis.writes(), sealed.storedBytes());
            for (SeenFinding finding : findings) {
                String state = sealed.newFingerprints().contains(finding.fingerprint()) ? "new" : "known";
                metrics.findings(state, severityText(finding.severity()), finding.rule())
                        .increment();
            }
        }
        return sealed.receipt();
    }

    private static String severityText(int severity) {
        return switch (severity) {
            case 3 -> "error";
            case 2 -> "warning";
            default -> "lint";
        };
    }

    private TraceReceipt receipt(
            AttemptName attempt,
            Lease lease,
            SealStore.Ready ready,
            TraceAnalysis analysis,
            List<SeenFinding> findings) {
        Instant now = clock.instant();
        TraceReceipt.Builder receipt = TraceReceipt.newBuilder()
                .setAttempt(attempt.value())
                .setLeaseId(lease.id())
                .setFence(lease.fence())
                .setTraceDigest(analysis.digest())
                .setEventCount(analysis.events())
                .setStepCount(analysis.steps())
                .setByteCount(ready.sizeBytes())
                .setSealTime(
                        Timestamp.newBuilder().setSeconds(now.getEpochSecond()).setNanos(now.getNano()));
        for (SeenFinding finding : findings) {
            receipt.addFindings(FindingSummary.newBuilder()
                    .setFingerprint(finding.fingerprint())
                    .setRule(finding.rule())
                    .setSeverity(Severity.forNumber(finding.severity()))
                    .setRegion(finding.region())
                    .setSymbol(finding.symbol())
                    .setCount(finding.count())
                    .setStep(finding.step())
                    .setMessage(finding.message()));
        }
        return receipt.build();
    }

    /** A damaged trace, with the offset of the damage. */
    static TraceException corrupt(String detail, long offset) {
        return new TraceException(Reason.TRACE_CORRUPT, detail, Map.of("offset", Long.toString(offset)));
    }
}
