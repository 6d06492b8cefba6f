package dev.breakmake.lab.scheduler.config;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/**
 * Ends long polls and watches as soon as the process is told to stop. The framework waits for open requests first and tells beans afterwards: a runner
 * that waits for work would hold every stop up for as long as its poll lasts.
 */
@Singleton
public final class WaitsEnd {

    private final SchedulerParts parts;
    private final Thread hook;

    WaitsEnd(SchedulerParts parts) {
        this.parts = parts;
        this.hook = new Thread(parts::endWaits, "lab-end-waits");
    }

    void start(@Observes StartupEvent event) {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    void stop(@Observes ShutdownEvent event) {
        parts.endWaits();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process ends and the hook has run.
            return;
        }
    }
}
