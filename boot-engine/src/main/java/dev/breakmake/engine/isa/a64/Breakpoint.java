package dev.breakmake.engine.isa.a64;

/** Thrown out of an interpreter before the instruction at its breakpoint is executed. */
public final class Breakpoint extends RuntimeException {

    private static final long serialVersionUID = 1L;

    Breakpoint() {
        super(null, null, false, false);
    }
}
