package dev.breakmake.engine.isa.a64;

import dev.breakmake.engine.isa.SharedCode;
import dev.breakmake.engine.isa.Translation;
import dev.breakmake.engine.translate.Region;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Decoded A64 instructions of one page of code, and what was translated from it. */
final class CodePage extends SharedCode {

    private static final MicroOp END = new MicroOp(Op.END_OF_PAGE, 0, 0, 0, 0, 0, 0, 0);

    /** One entry per instruction, null until first executed, and a last one that leads to the next page. */
    final @Nullable MicroOp[] ops = new MicroOp[1025];

    /**
     * Set by the translating thread, read without ceremony by all that execute: a region has final fields only, and one not seen yet is code not
     * translated yet.
     */
    private final @Nullable Region[] regions = new Region[INSTRUCTIONS];

    /** Where the indirect branch of each instruction led last, in instructions from the first one of this page; 0 for unknown. */
    private int @Nullable [] targets;

    CodePage(final long[] words) {
        super(words);
        ops[1024] = END;
    }

    /** Translated code that begins at an instruction, or null. */
    @Nullable
    Region region(final int index) {
        return regions[index];
    }

    /**
     * Enough branches arrived at an instruction; the region there is translated if it is hot.
     *
     * @param instructions the PE has executed since its reset
     * @param pages finds code by its distance from this page, in pages; asked on the calling thread only
     */
    void arrived(
            final Translation translation,
            final int index,
            final long instructions,
            final IntFunction<@Nullable CodePage> pages) {
        if (translation.isHot(this, index, instructions)) {
            final RegionPlan plan = RegionPlan.of(this, index, RegionCompiler.LARGEST, pages);
            if (plan != null) {
                translation.translate(() -> regions[index] = RegionCompiler.compile(plan));
            }
        }
    }

    /** Remembers where an indirect branch leads; threads may overwrite each other, any answer is a guess that is checked. */
    void leads(final int index, final long bytes) {
        int[] known = targets;
        if (known == null) {
            known = new int[INSTRUCTIONS];
            targets = known;
        }
        known[index] = bytes == (int) bytes && (bytes & 3) == 0 ? (int) bytes >> 2 : 0;
    }

    /** Where an indirect branch led last, in instructions from the first one of this page; 0 for unknown. */
    int target(final int index) {
        final int[] known = targets;
        return known == null ? 0 : known[index];
    }

    /** The micro-operation of an instruction. */
    MicroOp op(final int index) {
        final MicroOp op = ops[index];
        return op == null ? decode(index) : op;
    }

    /** Decodes an instruction. */
    MicroOp decode(final int index) {
        final MicroOp op = Decoder.decode(word(index));
        ops[index] = op;
        return op;
    }

    /** The same code with a breakpoint; not shared. */
    CodePage withBreakpoint(final long address) {
        final CodePage copy = new CodePage(words());
        copy.setEnough(enough());
        copy.ops[(int) address >>> 2 & 1023] = new MicroOp(Op.BREAKPOINT, 0, 0, 0, 0, 0, 0, 0);
        return copy;
    }
}
