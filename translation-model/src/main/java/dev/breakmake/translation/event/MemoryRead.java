package dev.breakmake.translation.event;

/**
 * A load of watched memory that is no live table, e.g. a mailbox read with the data cache off.
 *
 * @param pa first byte
 * @param va address used
 * @param length bytes covered
 * @param cacheable whether the load went through the data cache
 */
public record MemoryRead(
        long sequence,
        int pe,
        long instructions,
        long pc,
        ExceptionLevel el,
        long pa,
        long va,
        long length,
        boolean cacheable)
        implements TranslationEvent {}
