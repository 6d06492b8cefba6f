package dev.breakmake.qemu.site;

import dev.breakmake.translation.event.Architecture;
import org.jspecify.annotations.Nullable;

/** Recognises the instructions that matter, for one instruction set. */
public sealed interface Decoder permits A64Decoder, A32Decoder {

    /** What the instruction does to translation, or null if nothing. */
    @Nullable
    SiteOperation decode(int word);

    /** Whether the instruction is executed only under a condition (A32), which the caller then has to check at the stop. */
    boolean conditionHolds(int word, long programStatus);

    /** Where control goes after the instruction. */
    Flow flow(int word, long address);

    /** Whether the instruction surely stores nothing to memory and calls nothing. */
    boolean storesNothing(int word);

    /** Condition code of a direct branch that depends on the flags alone, -1 for any other instruction. */
    int flagCondition(int word);

    /** Whether the instruction surely leaves the flags as they are and goes on with the next one. */
    boolean keepsFlags(int word);

    /** The decoder for code of that execution state. */
    static Decoder of(Architecture architecture) {
        return architecture == Architecture.AARCH64 ? new A64Decoder() : new A32Decoder();
    }

    /**
     * Successors of an instruction.
     *
     * @param fallsThrough whether the next instruction may follow
     * @param branches whether {@link #target} may follow
     * @param target branch target
     * @param known whether these are all possible successors; not so for indirect branches and exceptions
     */
    record Flow(boolean fallsThrough, boolean branches, long target, boolean known) {

        static final Flow NEXT = new Flow(true, false, 0, true);
        static final Flow UNKNOWN = new Flow(false, false, 0, false);

        static Flow jump(long target) {
            return new Flow(false, true, target, true);
        }

        static Flow conditional(long target) {
            return new Flow(true, true, target, true);
        }
    }
}
