package dev.breakmake.translation.event;

/**
 * A store to memory that is, was or becomes a translation table. A wider store is one event per naturally aligned 64-bit word it
 * touches; a store that is not single-copy atomic is one event per atomic part.
 *
 * @param pa physical address of the first byte stored
 * @param size bytes stored by this single-copy atomic part: 1, 2, 4 or 8
 * @param oldDescriptor the whole aligned 64-bit word before
 * @param newDescriptor the whole aligned 64-bit word after
 * @param cacheable whether the store went through the data cache (Normal cacheable, MMU and C on)
 * @param va address the store instruction used
 */
public record DescriptorWrite(
        long sequence,
        int pe,
        long instructions,
        long pc,
        ExceptionLevel el,
        long pa,
        int size,
        long oldDescriptor,
        long newDescriptor,
        boolean cacheable,
        long va,
        WriteOrigin origin)
        implements TranslationEvent {

    /** Physical address of the descriptor: {@link #pa()} rounded down to 8 bytes. */
    public long descriptorPa() {
        return pa & ~7L;
    }
}
