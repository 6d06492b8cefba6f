package dev.breakmake.translation.event;

/** A context synchronisation event (CSE) of a PE. */
public record ContextSynchronization(long sequence, int pe, long instructions, long pc, ExceptionLevel el, Cause cause)
        implements TranslationEvent {

    /** What synchronised the context. */
    public enum Cause {
        ISB,
        EXCEPTION_ENTRY,
        EXCEPTION_RETURN
    }
}
