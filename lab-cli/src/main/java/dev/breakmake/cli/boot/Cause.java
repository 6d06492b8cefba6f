package dev.breakmake.cli.boot;

/** Who is responsible for a verdict that is not {@link Verdict#PASSED}. */
public enum Cause {
    /** The image under test. */
    TARGET,
    /** The expectations. */
    TEST,
    /** The engine or QEMU met something it does not model. */
    ENGINE,
    /** The image or the options cannot be booted. */
    CONFIGURATION,
    /** A limit was reached. */
    TIMEOUT,
    /** This machine: no QEMU, no space. */
    INFRASTRUCTURE,
    /** Somebody cancelled it. */
    CANCELLED
}
