package dev.breakmake.lab.scheduler.webhook;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The value of the header Breakmake-Signature: the time is signed with the body, so that a recorded message is worthless later. */
public final class WebhookSignature {

    /** Name of the header. */
    public static final String HEADER = "Breakmake-Signature";

    private WebhookSignature() {}

    /** {@code t=SECONDS,v1=HEX}; HEX is HMAC-SHA256 under {@code secret} over {@code SECONDS.BODY}, both as UTF-8. */
    public static String of(String secret, long seconds, String body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            byte[] sum = mac.doFinal((seconds + "." + body).getBytes(StandardCharsets.UTF_8));
            return "t=" + seconds + ",v1=" + HexFormat.of().formatHex(sum);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }
}
