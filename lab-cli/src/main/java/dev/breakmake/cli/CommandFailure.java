package dev.breakmake.cli;

import org.jspecify.annotations.Nullable;

/** Ends a command with a message a person can act on; never a programming error. */
public final class CommandFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int exitCode;
    private final String hint;

    private CommandFailure(int exitCode, String message, String hint, @Nullable Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
        this.hint = hint;
    }

    /** The input cannot be used: what is wrong and where, and what to do. */
    public static CommandFailure usage(String message, String hint) {
        return new CommandFailure(ExitCode.USAGE, message, hint, null);
    }

    /** This machine lacks something or failed: what happened, and what to do. */
    public static CommandFailure fault(String message, String hint) {
        return new CommandFailure(ExitCode.FAULT, message, hint, null);
    }

    /** As {@link #fault(String, String)}, keeping what caused it. */
    public static CommandFailure fault(String message, String hint, Throwable cause) {
        return new CommandFailure(ExitCode.FAULT, message, hint, cause);
    }

    /** The code the process ends with. */
    public int exitCode() {
        return exitCode;
    }

    /** What the user can do about it; may be empty. */
    public String hint() {
        return hint;
    }
}
