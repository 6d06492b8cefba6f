package dev.breakmake.translation.event;

/**
 * A DSB or DMB. A producer may leave out a barrier of a PE that follows another one at least as strong with no event of that PE
 * but barriers between them.
 */
public record Barrier(
        long sequence,
        int pe,
        long instructions,
        long pc,
        ExceptionLevel el,
        Kind kind,
        Shareability domain,
        AccessTypes types,
        boolean nxs)
        implements TranslationEvent {

    /** Which barrier instruction. */
    public enum Kind {
        DSB,
        DMB
    }

    /** Access types the barrier orders or completes. */
    public enum AccessTypes {
        /** Loads and stores. */
        ALL,
        /** Loads before, loads and stores after. */
        LD,
        /** Stores only. */
        ST
    }
}
