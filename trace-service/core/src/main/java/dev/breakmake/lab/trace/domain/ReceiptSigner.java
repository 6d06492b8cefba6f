package dev.breakmake.lab.trace.domain;

import java.security.GeneralSecurityException;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs receipts so that the runner that carries them to the scheduler cannot change them. */
public final class ReceiptSigner {

    private static final String ALGORITHM = "HmacSHA256";
    private static final byte[] UNSIGNED = {};

    private final Optional<SecretKeySpec> key;

    /** Signs with {@code key}; without one, receipts carry an empty signature. */
    public ReceiptSigner(Optional<byte[]> key) {
        this.key = key.map(bytes -> new SecretKeySpec(bytes, ALGORITHM));
    }

    /** HMAC-SHA256 of {@code receipt} (32 bytes), or nothing without a key. */
    public byte[] sign(byte[] receipt) {
        if (key.isEmpty()) {
            return UNSIGNED;
        }
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key.get());
            return mac.doFinal(receipt);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }
}
