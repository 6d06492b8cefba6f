package dev.breakmake.lab.scheduler.domain;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** W3C trace context (https://www.w3.org/TR/trace-context/), version 00: who caused what, across processes. */
public final class TraceContext {

    private static final Pattern PARENT =
            Pattern.compile("00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})");

    private TraceContext() {}

    /**
     * The context of something new.
     *
     * @param caller the caller's traceparent; one that is absent or malformed begins a new trace, as the recommendation asks
     * @param newTrace 32 hexadecimal digits for that case
     * @param span 16 hexadecimal digits
     */
    static String child(@Nullable String caller, String newTrace, String span) {
        Matcher parent = PARENT.matcher(caller == null ? "" : caller);
        return parent.matches()
                ? "00-" + parent.group(1) + "-" + span + "-" + parent.group(2)
                : "00-" + newTrace + "-" + span + "-01";
    }

    /** The trace id in a traceparent, or nothing. */
    public static String traceId(@Nullable String parent) {
        Matcher matcher = PARENT.matcher(parent == null ? "" : parent);
        return matcher.matches() ? matcher.group(1) : "";
    }
}
