package dev.breakmake.lab.trace.api.grpc;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jboss.logging.MDC;
import org.jspecify.annotations.Nullable;

/** Puts run, cell, attempt and trace id on every log line of a call. Names that are none are left to whoever checks them. */
final class LogIds implements AutoCloseable {

    private static final Pattern ATTEMPT = Pattern.compile(
            "projects/[A-Za-z0-9._-]{1,128}/runs/([A-Za-z0-9._-]{1,128})/cells/([A-Za-z0-9._-]{1,128})/attempts/([A-Za-z0-9._-]{1,128})");
    private static final Pattern TRACE_PARENT = Pattern.compile("00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}");
    private static final String[] KEYS = {"run", "cell", "attempt", "traceId"};

    private LogIds() {}

    static LogIds of(String attempt, @Nullable String traceParent) {
        Matcher name = ATTEMPT.matcher(attempt);
        if (name.matches()) {
            MDC.put("run", name.group(1));
            MDC.put("cell", name.group(2));
            MDC.put("attempt", name.group(3));
        }
        Matcher trace = TRACE_PARENT.matcher(traceParent == null ? "" : traceParent);
        if (trace.matches()) {
            MDC.put("traceId", trace.group(1));
        }
        return new LogIds();
    }

    @Override
    public void close() {
        for (String key : KEYS) {
            MDC.remove(key);
        }
    }
}
