package dev.breakmake.cli.boot;

/** What is said about a boot, worst first. */
public enum Verdict {
    /** The image did not reach its goal, or an unexpected finding is severe enough. */
    FAILED,
    /** The boot could not be judged: the engine or this machine is at fault. */
    ERRORED,
    /** What the expectations promised did not happen. */
    MISSED,
    /** The goal was reached and every finding was expected or mild. */
    PASSED,
    /** Deliberately not executed. */
    SKIPPED
}
