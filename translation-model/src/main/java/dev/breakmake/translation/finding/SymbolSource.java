package dev.breakmake.translation.finding;

import org.jspecify.annotations.Nullable;

/** Names code addresses; answers for virtual addresses and for the physical addresses an image runs at before its MMU is on. */
@FunctionalInterface
public interface SymbolSource {

    /** A source that knows nothing. */
    SymbolSource NONE = pc -> null;

    /** The symbol that covers the address, or null. */
    @Nullable
    CodeSymbol at(long pc);

    /** The section of the image that covers the address, e.g. {@code .text} or {@code .bss}, or null. */
    default @Nullable String section(long address) {
        return null;
    }

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
