package dev.breakmake.lab.runner.domain;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Tells an attempt to stop, and why. The first reason stays. */
public final class StopSignal {

    /** Why an attempt stops early. */
    public enum Reason {
        /** Somebody cancelled it: it is completed as CANCELLED. */
        CANCELLED,
        /** The lease is lost: nothing is reported any more, everything is thrown away. */
        LOST,
        /** A time limit of the job passed. */
        TIMEOUT,
        /** The runner shuts down: what is spooled is continued by the next start. */
        SHUTDOWN
    }

    private final AtomicReference<@Nullable Reason> reason = new AtomicReference<>();

    /** Asks to stop. */
    public void stop(Reason why) {
        reason.compareAndSet(null, why);
    }

    /** Why to stop, or null to go on. A lost lease outranks every other reason. */
    public @Nullable Reason reason() {
        return reason.get();
    }

    /** The lease is lost, whatever was said before. */
    public void lost() {
        reason.set(Reason.LOST);
    }

    /** Whether to stop. */
    public boolean raised() {
        return reason.get() != null;
    }
}
