package dev.breakmake.lab.trace.domain;

import dev.breakmake.lab.trace.domain.TraceException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Page sizes and tokens after AIP-158. Tokens are opaque to callers: they hold the keys of the last row of a page. */
public final class Pages {

    private Pages() {}

    /** The size to use: {@code standard} for 0, at most {@code most}. */
    public static int size(int wanted, int standard, int most) {
        if (wanted < 0) {
            throw new TraceException(Reason.ARGUMENT_INVALID, "page_size: " + wanted + " is negative");
        }
        return wanted == 0 ? standard : Math.min(wanted, most);
    }

    /** A token for these keys. */
    public static String token(long... keys) {
        StringBuilder text = new StringBuilder("1");
        for (long key : keys) {
            text.append('.').append(Long.toString(key, 36));
        }
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(text.toString().getBytes(StandardCharsets.US_ASCII));
    }

    /** The keys of a token; zeros for the first page. */
    public static long[] keys(String token, int count) {
        long[] keys = new long[count];
        if (token.isEmpty()) {
            return keys;
        }
        try {
            String[] parts =
                    new String(Base64.getUrlDecoder().decode(token), StandardCharsets.US_ASCII).split("\\.", -1);
            if (parts.length == count + 1 && parts[0].equals("1")) {
                for (int i = 0; i < count; i++) {
                    keys[i] = Long.parseLong(parts[i + 1], 36);
                }
                return keys;
            }
        } catch (IllegalArgumentException notOurs) {
            // Falls through to the one message for every kind of foreign token.
        }
        throw new TraceException(
                Reason.ARGUMENT_INVALID, "page_token: not a token of this service; start with an empty one");
    }
}
