package dev.breakmake.lab.scheduler.judge;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.breakmake.lab.scheduler.domain.LabException;
import dev.breakmake.lab.scheduler.domain.Reason;
import dev.breakmake.lab.v1.Lease;
import dev.breakmake.lab.v1.SignedTraceReceipt;
import dev.breakmake.lab.v1.TraceReceipt;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Believes a trace receipt only if the trace service signed it for this attempt under this lease. */
public final class ReceiptVerifier {

    private static final String ALGORITHM = "HmacSHA256";

    private final Optional<SecretKeySpec> key;

    /** Verifies with {@code key}; without one (a lab on loopback) signatures are not looked at. */
    public ReceiptVerifier(Optional<byte[]> key) {
        this.key = key.map(bytes -> new SecretKeySpec(bytes, ALGORITHM));
    }

    /** The receipt inside {@code signed}; throws RECEIPT_INVALID when it is forged, damaged or about something else. */
    public TraceReceipt verify(SignedTraceReceipt signed, String attempt, Lease lease) {
        byte[] bytes = signed.getReceipt().toByteArray();
        if (key.isPresent()
                && !MessageDigest.isEqual(
                        mac(key.get(), bytes), signed.getSignature().toByteArray())) {
            throw new LabException(
                    Reason.RECEIPT_INVALID,
                    "the trace receipt's signature is wrong: do trace service and scheduler share the key?");
        }
        TraceReceipt receipt = parse(bytes);
        if (!receipt.getAttempt().equals(attempt)) {
            throw new LabException(
                    Reason.RECEIPT_INVALID, "the trace receipt is that of '" + receipt.getAttempt() + "'");
        }
        if (!receipt.getLeaseId().equals(lease.getLeaseId()) || receipt.getFence() != lease.getFence()) {
            throw new LabException(Reason.RECEIPT_INVALID, "the trace receipt was written under another lease");
        }
        return receipt;
    }

    private static TraceReceipt parse(byte[] bytes) {
        try {
            return TraceReceipt.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new LabException(Reason.RECEIPT_INVALID, "the trace receipt is damaged: " + e.getMessage(), e);
        }
    }

    private static byte[] mac(SecretKeySpec key, byte[] bytes) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac.doFinal(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }
}
