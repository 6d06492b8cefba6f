package dev.breakmake.translation.trace.casemate;

import dev.breakmake.translation.finding.SymbolSource;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Numbers the distinct {@code FILE:LINE} texts of a trace from 1, so that they can stand for PCs. */
final class Sources implements SymbolSource {
    private final byte[] data;
    private final List<String> names = new ArrayList<>();
    private int[] starts = new int[256];
    private int[] lengths = new int[256];
    private int[] table = new int[1024];

    Sources(byte[] data) {
        this.data = data;
    }

    /** Number of the text in {@code data} from {@code start} to {@code end}. */
    int number(int start, int end) {
        int mask = table.length - 1;
        int slot = hash(start, end) & mask;
        while (table[slot] != 0) {
            int number = table[slot];
            if (lengths[number - 1] == end - start && same(starts[number - 1], start, end - start)) {
                return number;
            }
            slot = (slot + 1) & mask;
        }
        return add(slot, start, end);
    }

    /** Of the last bytes only: texts of one trace differ in their line numbers first. */
    private int hash(int start, int end) {
        int hash = end - start;
        for (int i = Math.max(start, end - 10); i < end; i++) {
            hash = hash * 31 + data[i];
        }
        return hash ^ (hash >>> 15);
    }

    private boolean same(int a, int b, int length) {
        return Arrays.equals(data, a, a + length, data, b, b + length);
    }

    private int add(int slot, int start, int end) {
        int number = names.size() + 1;
        if (number > starts.length) {
            starts = Arrays.copyOf(starts, 2 * starts.length);
            lengths = Arrays.copyOf(lengths, 2 * lengths.length);
        }
        starts[number - 1] = start;
        lengths[number - 1] = end - start;
        names.add(new String(data, start, end - start, StandardCharsets.UTF_8));
        table[slot] = number;
        if (2 * number > table.length) {
            int[] old = table;
            table = new int[2 * old.length];
            for (int entry : old) {
                if (entry != 0) {
                    reinsert(entry);
                }
            }
        }
        return number;
    }

    private void reinsert(int number) {
        int start = starts[number - 1];
        int slot = hash(start, start + lengths[number - 1]) & (table.length - 1);
        while (table[slot] != 0) {
            slot = (slot + 1) & (table.length - 1);
        }
        table[slot] = number;
    }

    @Override
    public @Nullable CodeSymbol at(long pc) {
        if (pc < 1 || pc > names.size()) {
            return null;
        }
        String source = names.get((int) pc - 1);
        int colon = source.lastIndexOf(':');
        return new CodeSymbol(colon > 0 ? source.substring(0, colon) : source, 0, source);
    }
}
