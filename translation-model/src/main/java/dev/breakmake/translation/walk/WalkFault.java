package dev.breakmake.translation.walk;

/**
 * Why a walk found no translation.
 *
 * @param kind class of fault
 * @param stage stage that faults, 1 or 2
 * @param level level it is reported at, -1 to 3
 * @param address address that could not be translated or read: VA, IPA or PA by kind and stage
 */
public record WalkFault(Kind kind, int stage, int level, long address) {

    /** Class of fault (Arm ARM D8.15). */
    public enum Kind {
        /** Outside the VA range of every root, or walks of that range are disabled. */
        TRANSLATION_NO_ROOT,
        /** An invalid or reserved descriptor. */
        TRANSLATION,
        /** An address in a descriptor or TTBR beyond the output size. */
        ADDRESS_SIZE,
        /** AF clear with no hardware management of it. */
        ACCESS_FLAG,
        /** No memory at the address of a descriptor. */
        EXTERNAL_ABORT
    }

    /** Form for people. */
    public String text() {
        return "stage %d level %d %s fault at 0x%x"
                .formatted(
                        stage,
                        level,
                        switch (kind) {
                            case TRANSLATION_NO_ROOT -> "translation (no table serves the address)";
                            case TRANSLATION -> "translation";
                            case ADDRESS_SIZE -> "address size";
                            case ACCESS_FLAG -> "access flag";
                            case EXTERNAL_ABORT -> "external abort (no memory)";
                        },
                        address);
    }
}
