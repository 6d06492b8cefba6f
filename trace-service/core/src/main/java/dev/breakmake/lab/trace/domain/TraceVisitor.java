package dev.breakmake.lab.trace.domain;

import dev.breakmake.translation.event.TranslationEvent;

/** Looks at the events of a trace in order, with the tables and registers as they are after each. */
interface TraceVisitor {

    /**
     * The next event, already applied to {@code moment}.
     *
     * @param step number of the event's step
     * @param endsStep whether it ends that step
     * @return whether to go on
     */
    boolean visit(long step, TranslationEvent event, boolean endsStep, Moment moment);

    /** The last step of interest; events of later ones need not be played. */
    default long lastStep() {
        return Long.MAX_VALUE;
    }

    /** The trace ended inside {@code step}, whose last event is {@code last}. Not called if a step boundary was the last event. */
    default void end(long step, TranslationEvent last, Moment moment) {}
}
