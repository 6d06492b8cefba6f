package dev.breakmake.translation.trace;

import dev.breakmake.translation.event.Barrier;
import dev.breakmake.translation.event.ContextSynchronization;
import dev.breakmake.translation.event.RegisterWrite;
import dev.breakmake.translation.event.TlbInvalidate;
import dev.breakmake.translation.event.TranslationEvent;

/**
 * Numbers the steps of a run: a step ends with a register write, TLBI, barrier or context synchronisation of any PE, which is its
 * last event. Steps are numbered from 0 over the whole run.
 */
public final class Steps {
    private long next;

    /** Whether the event is the last of its step. */
    public static boolean ends(TranslationEvent event) {
        return event instanceof RegisterWrite
                || event instanceof TlbInvalidate
                || event instanceof Barrier
                || event instanceof ContextSynchronization;
    }

    /** The step the event belongs to; events must come in order. */
    public long stepOf(TranslationEvent event) {
        return ends(event) ? next++ : next;
    }

    /** The step the next event belongs to. */
    public long current() {
        return next;
    }

    /** Continues the numbering from a step. */
    void continueAt(long step) {
        next = step;
    }
}
