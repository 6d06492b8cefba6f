package dev.breakmake.lab.runner.domain;

import dev.breakmake.lab.v1.Cause;

/** Something on the runner's side, or in what was asked for, that prevents a statement about the target. */
public final class AttemptFault extends Exception {

    private final Cause blame;

    /** A fault with the cause the scheduler shall see; {@code detail} says what happened and what to do. */
    public AttemptFault(Cause blame, String detail) {
        super(detail);
        this.blame = blame;
    }

    /** The same with what lies below. */
    public AttemptFault(Cause blame, String detail, Throwable cause) {
        super(detail, cause);
        this.blame = blame;
    }

    /** Who or what is responsible. */
    public Cause blame() {
        return blame;
    }

    /** What happened. */
    public String detail() {
        return String.valueOf(getMessage());
    }
}
