package dev.breakmake.translation.tlb;

/** A trace names more memory or tables than any real run does; judging it further would take unbounded memory. */
public final class StateLimitException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** Made with a sentence that says what there is too much of. */
    public StateLimitException(String message) {
        super(message);
    }
}
