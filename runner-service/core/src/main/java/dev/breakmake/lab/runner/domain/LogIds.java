package dev.breakmake.lab.runner.domain;

import dev.breakmake.lab.v1.Assignment;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jboss.logging.MDC;

/** Puts run, cell, attempt and trace id on every log line of a thread. */
final class LogIds implements AutoCloseable {

    private static final Pattern ATTEMPT =
            Pattern.compile("projects/[^/]+/runs/([^/]+)/cells/([^/]+)/attempts/([^/]+)");
    private static final Pattern TRACE_PARENT = Pattern.compile("00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}");
    private static final String[] KEYS = {"run", "cell", "attempt", "traceId"};

    private LogIds() {}

    static LogIds of(Assignment assignment) {
        Matcher name = ATTEMPT.matcher(assignment.getAttempt());
        if (name.matches()) {
            MDC.put("run", name.group(1));
            MDC.put("cell", name.group(2));
            MDC.put("attempt", name.group(3));
        }
        Matcher trace = TRACE_PARENT.matcher(assignment.getW3CTraceContextOrDefault("traceparent", ""));
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
