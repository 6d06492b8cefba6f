package dev.breakmake.lab.scheduler.api.grpc;

import dev.breakmake.lab.scheduler.domain.Caller;
import dev.breakmake.lab.scheduler.domain.Names;
import dev.breakmake.lab.scheduler.domain.TraceContext;
import org.jboss.logging.MDC;

/** Puts run, cell, attempt and trace id on every log line of a call. */
final class LogIds implements AutoCloseable {

    private static final String[] KEYS = {"run", "cell", "attempt", "traceId"};

    private LogIds() {}

    /** For the rest of a call about {@code attempt}; INVALID_ARGUMENT if that is no attempt's name. */
    static LogIds of(String attempt, Caller caller) {
        Names.AttemptName name = Names.attempt(attempt);
        MDC.put("run", name.run());
        MDC.put("cell", name.cell());
        MDC.put("attempt", name.attempt());
        MDC.put("traceId", TraceContext.traceId(caller.traceParent()));
        return new LogIds();
    }

    @Override
    public void close() {
        for (String key : KEYS) {
            MDC.remove(key);
        }
    }
}
