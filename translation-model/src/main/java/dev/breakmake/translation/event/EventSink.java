package dev.breakmake.translation.event;

/** Takes events in sequence order: the checker, a trace writer, or both. */
@FunctionalInterface
public interface EventSink {

    /** Takes the next event. Implementations must not keep the caller waiting for I/O longer than needed. */
    void accept(TranslationEvent event);

    /** A sink that feeds this one first, then the other. */
    default EventSink andThen(EventSink other) {
        return event -> {
            accept(event);
            other.accept(event);
        };
    }
}
