package dev.breakmake.translation.event;

/**
 * A store, or a run of stores to adjacent addresses by one instruction address, to watched memory that is no live table: any store
 * with the MMU or data cache off, former table pages, mailboxes, code pages.
 *
 * @param pa first byte
 * @param va address used
 * @param length bytes covered
 * @param cacheable whether the stores went through the data cache
 */
public record MemoryWrite(
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
