package dev.breakmake.translation.event;

/** A context synchronisation event (CSE) of a PE. A producer may leave out an ISB that follows a CSE of its PE with no event of that PE between them. */
public record ContextSynchronization(long sequence, int pe, long instructions, long pc, ExceptionLevel el, Cause cause)
        implements TranslationEvent {

    /** What synchronised the context. */
    public enum Cause {
        ISB,
        EXCEPTION_ENTRY,
        EXCEPTION_RETURN
    }
}
