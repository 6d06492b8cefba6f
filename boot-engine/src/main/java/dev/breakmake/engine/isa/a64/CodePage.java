package dev.breakmake.engine.isa.a64;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Decoded instructions of one page of code. The contents never change: another page content is another object, so decoded code is
 * shared by all machines that run the same image.
 */
final class CodePage {

    private static final MicroOp END = new MicroOp(Op.END_OF_PAGE, 0, 0, 0, 0, 0, 0, 0);

    /** One entry per instruction, null until first executed, and a last one that leads to the next page. */
    final @Nullable MicroOp[] ops = new MicroOp[1025];

    /** How often each instruction was reached by a branch; counts are lost when threads race, which only delays translation. */
    final int[] heat = new int[1024];

    private final AtomicReferenceArray<@Nullable Region> regions = new AtomicReferenceArray<>(1024);
    private final long[] words;

    CodePage(final long[] words) {
        this.words = words;
        ops[1024] = END;
    }

    /** Translated code that begins at an instruction, or null. */
    @Nullable
    Region region(final int index) {
        return regions.get(index);
    }

    /** Translates the region at an instruction. */
    void translate(final int index) {
        regions.set(index, RegionCompiler.compile(this, index));
    }

    /** The micro-operation of an instruction. */
    MicroOp op(final int index) {
        final MicroOp op = ops[index];
        return op == null ? decode(index) : op;
    }

    /** Decodes an instruction. */
    MicroOp decode(final int index) {
        final int word = (int) (words[index >>> 1] >>> ((index & 1) << 5));
        final MicroOp op = Decoder.decode(word);
        ops[index] = op;
        return op;
    }

    /** The same code with a breakpoint; not shared. */
    CodePage withBreakpoint(final long address) {
        final CodePage copy = new CodePage(words);
        copy.ops[(int) address >>> 2 & 1023] = new MicroOp(Op.BREAKPOINT, 0, 0, 0, 0, 0, 0, 0);
        return copy;
    }

    boolean holds(final long[] contents) {
        return java.util.Arrays.equals(words, contents);
    }
}
