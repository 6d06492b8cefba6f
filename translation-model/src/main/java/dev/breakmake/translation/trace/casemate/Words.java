package dev.breakmake.translation.trace.casemate;

import java.util.Arrays;

/** Last values of memory by address: an open-addressing map of aligned 64-bit words; absent words are 0. */
final class Words {
    private static final int START = 1 << 10;

    /** Keys are word numbers plus 1, so that 0 means free. */
    private long[] keys = new long[START];

    private long[] values = new long[START];
    private int size;

    long get(long pa) {
        int slot = slot(keys, (pa >>> 3) + 1);
        return keys[slot] == 0 ? 0 : values[slot];
    }

    void put(long pa, long value) {
        long key = (pa >>> 3) + 1;
        int slot = slot(keys, key);
        if (keys[slot] == 0) {
            if (value == 0) {
                return;
            }
            keys[slot] = key;
            if (++size * 2 > keys.length) {
                values[slot] = value;
                grow();
                return;
            }
        }
        values[slot] = value;
    }

    private static int slot(long[] keys, long key) {
        int mask = keys.length - 1;
        long hash = key * 0x9e37_79b9_7f4a_7c15L;
        int slot = (int) (hash >>> 40) & mask;
        while (keys[slot] != 0 && keys[slot] != key) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void grow() {
        long[] oldKeys = keys;
        long[] oldValues = values;
        keys = new long[oldKeys.length * 2];
        values = new long[keys.length];
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] != 0) {
                int slot = slot(keys, oldKeys[i]);
                keys[slot] = oldKeys[i];
                values[slot] = oldValues[i];
            }
        }
    }

    /** Addresses of words that are not 0 in a range, ascending; the cost follows the smaller of range and memory. */
    long[] nonZero(long start, long length) {
        long[] found = new long[16];
        int count = 0;
        long words = length >>> 3;
        boolean byRange = Long.compareUnsigned(words, keys.length) <= 0;
        long steps = byRange ? words : keys.length;
        for (long i = 0; i < steps; i++) {
            long pa;
            long value;
            if (byRange) {
                pa = start + 8 * i;
                value = get(pa);
            } else {
                pa = keys[(int) i] == 0 ? -1 : (keys[(int) i] - 1) << 3;
                value = values[(int) i];
            }
            if (value != 0 && Long.compareUnsigned(pa - start, length) < 0) {
                if (count == found.length) {
                    found = Arrays.copyOf(found, 2 * count);
                }
                found[count++] = pa;
            }
        }
        long[] result = Arrays.copyOf(found, count);
        Arrays.sort(result);
        return result;
    }
}
