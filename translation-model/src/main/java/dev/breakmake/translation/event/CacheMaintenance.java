package dev.breakmake.translation.event;

/**
 * A cache maintenance instruction, or a run of them over adjacent lines with no other event of the PE between.
 *
 * @param va first address given, aligned down to the line; 0 for whole-cache operations; the raw operand for set/way
 * @param pa its physical address; -1 if not by address or not translatable
 * @param length bytes covered from there; 0 for whole-cache and set/way operations
 */
public record CacheMaintenance(
        long sequence,
        int pe,
        long instructions,
        long pc,
        ExceptionLevel el,
        CacheOperation operation,
        long va,
        long pa,
        long length)
        implements TranslationEvent {}
