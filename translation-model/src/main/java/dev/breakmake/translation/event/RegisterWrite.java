package dev.breakmake.translation.event;

/**
 * A translation-relevant system register got a new value. Until the PE's next context synchronisation both the old and the new
 * value may apply.
 */
public record RegisterWrite(
        long sequence, int pe, long instructions, long pc, ExceptionLevel el, TranslationRegister register, long value)
        implements TranslationEvent {}
