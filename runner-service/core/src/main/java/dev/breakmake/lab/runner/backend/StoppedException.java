package dev.breakmake.lab.runner.backend;

/** Unwinds a boot that was asked to stop. It carries no stack trace: nothing is wrong. */
public final class StoppedException extends RuntimeException {

    /** A stop. */
    public StoppedException() {
        super("stopped", null, false, false);
    }
}
