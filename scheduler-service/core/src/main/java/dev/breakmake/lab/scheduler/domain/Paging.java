package dev.breakmake.lab.scheduler.domain;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;

/** Pages by key, never by offset: rows that come and go between two pages neither hide nor repeat others. */
public final class Paging {

    private static final int DEFAULT_SIZE = 50;
    private static final int MAX_SIZE = 1000;

    private Paging() {}

    /** One page and the token of the next; an empty token at the end. */
    public record Page<T>(List<T> items, String nextToken) {}

    /** The page size to use for the one asked for. */
    public static int size(int asked) {
        if (asked < 0) {
            throw LabException.invalid("pageSize", asked + " is negative; use 0 for the default of " + DEFAULT_SIZE);
        }
        return asked == 0 ? DEFAULT_SIZE : Math.min(asked, MAX_SIZE);
    }

    /**
     * The key after which the page starts, or {@code first} without a token.
     *
     * @param scope what is listed, with its filter: a token is good for the list it came from only
     */
    public static String key(String token, String scope, String first) {
        if (token.isEmpty()) {
            return first;
        }
        try {
            String text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
            int split = text.indexOf('\n');
            if (split >= 0 && text.substring(0, split).equals(tag(scope))) {
                return text.substring(split + 1);
            }
        } catch (IllegalArgumentException notBase64) {
            throw badToken();
        }
        throw badToken();
    }

    /** As {@link #key}, for numeric keys. */
    public static long numericKey(String token, String scope, long first) {
        try {
            return Long.parseLong(key(token, scope, Long.toString(first)));
        } catch (NumberFormatException notOurs) {
            throw badToken();
        }
    }

    /** Cuts {@code rows}, fetched with a limit of {@code size + 1}, to a page. */
    public static <T> Page<T> page(List<T> rows, int size, String scope, Function<T, String> key) {
        if (rows.size() <= size) {
            return new Page<>(rows, "");
        }
        List<T> items = new ArrayList<>(rows.subList(0, size));
        String text = tag(scope) + "\n" + key.apply(items.getLast());
        return new Page<>(
                items, Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static String tag(String scope) {
        return Digests.sha256Hex(scope.getBytes(StandardCharsets.UTF_8)).substring(0, 12);
    }

    private static LabException badToken() {
        return LabException.invalid("pageToken", "not a token of this list; start again without one");
    }
}
