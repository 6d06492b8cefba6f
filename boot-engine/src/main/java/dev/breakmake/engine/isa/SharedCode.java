package dev.breakmake.engine.isa;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Decoded instructions of one page of code. The contents never change: another page content is another object, so decoded and
 * translated code is shared by all machines that run the same image.
 */
public abstract class SharedCode {

    /** Instructions of a page. */
    public static final int INSTRUCTIONS = 1024;

    private final long[] words;

    /** A count that never reaches a threshold again. */
    private static final int TRANSLATED = Integer.MIN_VALUE;

    /**
     * How often each instruction was reached by a branch, older boots counting less; {@link #TRANSLATED} and above once it was hot. Counts
     * are lost when threads race, which only delays translation.
     */
    private final int[] arrivals = new int[INSTRUCTIONS];

    /** Arrivals that may be enough. */
    private int enough = Integer.MAX_VALUE;

    private boolean shared;

    /** Code with these contents, which nobody changes any more. */
    protected SharedCode(final long[] words) {
        this.words = words;
    }

    /** The instruction word at an index. */
    protected final int word(final int index) {
        return (int) (words[index >>> 1] >>> ((index & 1) << 5));
    }

    /** The contents; not to be changed. */
    protected final long[] words() {
        return words;
    }

    /** Sets how many arrivals may be enough. */
    protected final void setEnough(final int arrivals) {
        enough = arrivals;
    }

    /** How many arrivals may be enough. */
    protected final int enough() {
        return enough;
    }

    /** Whether a second machine has begun to use this code. */
    final boolean isShared() {
        return shared;
    }

    /** Counts an arrival at an instruction by a branch; says whether {@link Translation#isHot} should be asked. */
    public final boolean arrive(final int index) {
        return ++arrivals[index] >= enough;
    }

    /** An instruction is translated, or will be: its arrivals count no more. */
    final void markTranslated(final int index) {
        arrivals[index] = TRANSLATED;
    }

    /**
     * Another machine begins to use this code. What is reached a few times in every boot must not become hot in the long run: HotSpot
     * would take longer to compile it than it saves.
     */
    final void age(final int enoughNow) {
        shared = true;
        enough = enoughNow;
        for (int i = 0; i < INSTRUCTIONS; i++) {
            final int count = arrivals[i];
            if (count > 0) {
                arrivals[i] = count - (count >> 3);
            }
        }
    }

    final boolean holds(final long @Nullable [] contents) {
        return Arrays.equals(words, contents);
    }
}
