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

    /** How often each instruction was reached by a branch; counts are lost when threads race, which only delays translation. */
    private final int[] arrivals = new int[INSTRUCTIONS];

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

    /** Counts an arrival at an instruction by a branch. */
    final int arrived(final int index) {
        return ++arrivals[index];
    }

    final boolean holds(final long @Nullable [] contents) {
        return Arrays.equals(words, contents);
    }
}
