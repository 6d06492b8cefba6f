package dev.breakmake.translation.event;

/**
 * One thing a processing element (PE) did that matters to address translation.
 *
 * <p>Events are immutable. {@link #sequence()} numbers are dense and increasing over the whole run (the header is 0), so a
 * sequence number names an event; {@link #instructions()} is the PE's own clock.
 */
public sealed interface TranslationEvent
        permits TraceHeader,
                RegisterWrite,
                DescriptorWrite,
                TlbInvalidate,
                Barrier,
                ContextSynchronization,
                MemoryWrite,
                MemoryRead,
                PageRole,
                RegionDeclared,
                CacheMaintenance,
                TranslationUse,
                PeState,
                ExceptionTaken,
                Marker {

    /** Position in the run, dense from 0. */
    long sequence();

    /** The PE that caused the event, from 0. */
    int pe();

    /** Instructions that PE had completed since its reset when the event happened. */
    long instructions();

    /** Address of the instruction that caused the event, as that PE fetched it (VA, or PA while its MMU is off). */
    long pc();

    /** Exception level and security state of the PE at the event. */
    ExceptionLevel el();
}
