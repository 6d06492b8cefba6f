package dev.breakmake.translation.tlb;

/** A trace links more tables than any real address space has; judging it further would take unbounded memory. */
public final class TooManyTablesException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooManyTablesException(String message) {
        super(message);
    }
}
