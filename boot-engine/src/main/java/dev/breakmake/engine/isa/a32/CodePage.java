package dev.breakmake.engine.isa.a32;

import dev.breakmake.engine.isa.SharedCode;
import dev.breakmake.engine.isa.Translation;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Decoded A32 instructions of one page of code, and what was translated from it. */
final class CodePage extends SharedCode {

    /** One entry per instruction, null until first executed. */
    final @Nullable Instruction[] instructions = new Instruction[INSTRUCTIONS];

    private final AtomicReferenceArray<@Nullable Region> regions = new AtomicReferenceArray<>(INSTRUCTIONS);

    CodePage(final long[] words) {
        super(words);
    }

    /** Translated code that begins at an instruction, or null. */
    @Nullable
    Region region(final int index) {
        return regions.get(index);
    }

    /**
     * Counts an arrival by a branch at an instruction; the region there is translated when it is hot.
     *
     * @param neighbours code around this page by its distance in pages, as the arriving PE has it mapped now
     */
    void arrived(final Translation translation, final int index, final Supplier<Map<Integer, CodePage>> neighbours) {
        if (translation.arrived(this, index)) {
            final Map<Integer, CodePage> around = neighbours.get();
            translation.translate(() -> regions.set(index, RegionCompiler.compile(around, index)));
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
