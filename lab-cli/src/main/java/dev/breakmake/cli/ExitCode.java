package dev.breakmake.cli;

/** What the process says to a script; the same for every command. */
public final class ExitCode {

    /** Passed, or nothing to report. */
    public static final int PASSED = 0;

    /** The target failed, or an unexpected finding of at least the chosen severity was made. */
    public static final int FAILED = 1;

    /** This machine or the engine is at fault: no QEMU, no space, the lab is down. */
    public static final int FAULT = 2;

    /** The command was used wrongly, or its input cannot be read. */
    public static final int USAGE = 3;

    /** Interrupted by Ctrl-C. */
    public static final int INTERRUPTED = 130;

    private ExitCode() {}
}
