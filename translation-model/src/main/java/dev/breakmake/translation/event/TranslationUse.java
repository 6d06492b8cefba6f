package dev.breakmake.translation.event;

/**
 * The first use, by class of access, of a translation after one of its descriptors, an ancestor of it, its root or its regime
 * changed.
 *
 * @param kind class of access
 * @param va address translated
 * @param stage2 whether the use was a stage 2 translation ({@code va} is then the IPA)
 * @param level level of the leaf descriptor that served the access, 0 to 3; -1 with the MMU off
 * @param descriptorPa physical address of that leaf descriptor
 * @param descriptor its value as the access saw it
 */
public record TranslationUse(
        long sequence,
        int pe,
        long instructions,
        long pc,
        ExceptionLevel el,
        Kind kind,
        long va,
        boolean stage2,
        int level,
        long descriptorPa,
        long descriptor)
        implements TranslationEvent {

    /** Class of access. */
    public enum Kind {
        FETCH,
        LOAD,
        STORE,
        /** An AT instruction or cache maintenance by address. */
        WALK
    }
}
