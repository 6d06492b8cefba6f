package dev.breakmake.engine.isa;

/** Thrown out of an interpreter before the instruction at its breakpoint is executed. */
public final class Breakpoint extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** One without a stack trace. */
    public Breakpoint() {
        super(null, null, false, false);
    }
}
