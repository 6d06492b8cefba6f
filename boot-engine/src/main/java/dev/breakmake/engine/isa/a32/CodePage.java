package dev.breakmake.engine.isa.a32;

import dev.breakmake.engine.isa.SharedCode;
import dev.breakmake.engine.isa.Translation;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Decoded A32 instructions of one page of code, and what was translated from it. */
final class CodePage extends SharedCode {

    /** One entry per instruction, null until first executed. */
    final @Nullable Instruction[] instructions = new Instruction[INSTRUCTIONS];

    /**
     * Set by the translating thread, read without ceremony by all that execute: a region has final fields only, and one not seen yet is code not
     * translated yet.
     */
    private final @Nullable Region[] regions = new Region[INSTRUCTIONS];

    CodePage(final long[] words) {
        super(words);
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
     * @param neighbours code around this page by its distance in pages, as the arriving PE has it mapped now
     */
    void arrived(
            final Translation translation,
            final int index,
            final long instructions,
            final Supplier<Map<Integer, CodePage>> neighbours) {
        if (translation.isHot(this, index, instructions)) {
            final Map<Integer, CodePage> around = neighbours.get();
            translation.translate(() -> regions[index] = RegionCompiler.compile(around, index));
        }
    }

    /** The instruction at an index. */
    Instruction instruction(final int index) {
        final Instruction known = instructions[index];
        if (known != null) {
            return known;
        }
        final Instruction decoded = Decoder.decode(word(index));
        instructions[index] = decoded;
        return decoded;
    }

    /** Whether some machine has executed the instruction at an index: what nobody executed is not worth translating. */
    boolean isKnown(final int index) {
        return instructions[index] != null;
    }
}
