package dev.breakmake.translation.finding;

import dev.breakmake.translation.event.AddressRange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Names code addresses; answers for virtual addresses and for the physical addresses an image runs at before its MMU is on. */
@FunctionalInterface
public interface SymbolSource {

    /** A source that knows nothing. */
    SymbolSource NONE = new SymbolSource() {
        @Override
        public @Nullable CodeSymbol at(long pc) {
            return null;
        }
    };

    /** The symbol that covers the address, or null. */
    @Nullable
    CodeSymbol at(long pc);

    /**
     * The parts of the image, at every address it is found at; where two cover an address, the first in the list names it. Whoever checks a trace
     * without the image needs these to give a finding the same region, hence the same fingerprint.
     */
    default List<Section> sections() {
        return List.of();
    }

    /** The section of the image that covers the address, or null. */
    default @Nullable String section(long address) {
        for (Section section : sections()) {
            if (section.range().contains(address)) {
                return section.name();
            }
        }
        return null;
    }

    /**
     * A part of an image.
     *
     * @param name e.g. {@code .text} or {@code .bss}
     * @param range addresses, bytes
     */
    record Section(String name, AddressRange range) {}

    /**
     * A named place in code.
     *
     * @param name symbol name; {@code file.c#name} for local symbols whose file is known
     * @param offset bytes from the start of the symbol
     * @param source {@code file:line} when line tables exist, else null
     */
    record CodeSymbol(String name, long offset, @Nullable String source) {
        @Override
        public String toString() {
            return offset == 0 ? name : name + "+0x" + Long.toHexString(offset);
        }
    }
}
