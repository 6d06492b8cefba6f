package dev.breakmake.lab.scheduler.app;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;

/** Starts the scheduler and runs until SIGTERM. */
@QuarkusMain
public final class SchedulerMain {

    private SchedulerMain() {}

    /** Takes no arguments: configuration comes from properties and the environment. */
    public static void main(String... arguments) {
        Quarkus.run(arguments);
    }
}
