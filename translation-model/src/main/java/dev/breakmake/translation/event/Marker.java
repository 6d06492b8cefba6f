package dev.breakmake.translation.event;

/** Something a person would point at: a console line, a symbol reached, a phase boundary. */
public record Marker(long sequence, int pe, long instructions, long pc, ExceptionLevel el, Kind kind, String text)
        implements TranslationEvent {

    /** What the text is. */
    public enum Kind {
        CONSOLE_LINE,
        SYMBOL,
        PHASE
    }
}
