package dev.breakmake.engine.symbol;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Symbols of code by address, put in order when a place is first looked up: a boot asks where its sections are long before. */
final class CodeIndex {

    /** How far the last symbol reaches when nothing says where it ends, in bytes. */
    private static final long LAST_SYMBOL_REACH = 4096;

    /**
     * Symbols of code in order.
     *
     * @param ends where the next symbol of any kind starts, for symbols without a size
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Sorted(List<Symbol> code, long[] addresses, long[] ends) {}

    private final List<Symbol> symbols;
    private volatile @Nullable Sorted sorted;

    /** An index of all symbols of a file. */
    CodeIndex(List<Symbol> symbols) {
        this.symbols = symbols;
    }

    private Sorted sorted() {
        Sorted known = sorted;
        if (known == null) {
            known = sort(symbols); // two threads may both do it, and get the same
            sorted = known;
        }
        return known;
    }

    private static Sorted sort(List<Symbol> symbols) {
        List<Symbol> all = new ArrayList<>(symbols);
        all.sort(CodeIndex::order);
        List<Symbol> code = new ArrayList<>();
        long[] starts = new long[all.size()];
        long[] limits = new long[all.size()];
        for (int i = 0; i < all.size(); i++) {
            Symbol symbol = all.get(i);
            int found = code.size();
            if (symbol.code() && (found == 0 || starts[found - 1] != symbol.address())) {
                code.add(symbol);
                starts[found] = symbol.address();
                limits[found] = end(all, i);
            }
        }
        return new Sorted(code, Arrays.copyOf(starts, code.size()), Arrays.copyOf(limits, code.size()));
    }

    /** By address; of one address code first, then what has a size, then names for people. */
    private static int order(Symbol a, Symbol b) {
        int order = Long.compareUnsigned(a.address(), b.address());
        if (order == 0) {
            order = Boolean.compare(b.code(), a.code());
        }
        if (order == 0) {
            order = Boolean.compare(a.size() == 0, b.size() == 0);
        }
        return order != 0 ? order : Boolean.compare(a.isUnderscored(), b.isUnderscored());
    }

    private static long end(List<Symbol> sorted, int index) {
        Symbol symbol = sorted.get(index);
        if (symbol.size() != 0) {
            return symbol.address() + symbol.size();
        }
        for (int next = index + 1; next < sorted.size(); next++) {
            if (sorted.get(next).address() != symbol.address()) {
                return sorted.get(next).address();
            }
        }
        return symbol.address() + LAST_SYMBOL_REACH;
    }

    /** The symbol of the code at a linked address, or null. */
    @Nullable
    Symbol at(long pc) {
        Sorted found = sorted();
        int index = Addresses.lastAtOrBelow(found.addresses, pc);
        return index < 0 || Long.compareUnsigned(pc, found.ends[index]) >= 0 ? null : found.code.get(index);
    }

    /** The lowest address of code; empty if there is none. */
    OptionalLong lowest() {
        long[] addresses = sorted().addresses;
        return addresses.length == 0 ? OptionalLong.empty() : OptionalLong.of(addresses[0]);
    }
}
