package dev.breakmake.translation.tlb;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Open-addressing map from unboxed longs to objects, without removal of single keys. */
public final class LongMap<V> {
    private long[] keys;
    private @Nullable Object[] values;
    private int size;

    /** An empty map. */
    public LongMap() {
        keys = new long[64];
        values = new Object[64];
    }

    /** The value of a key, or null. */
    @SuppressWarnings("unchecked") // only put() stores, and it takes V
    public @Nullable V get(long key) {
        int mask = keys.length - 1;
        int slot = slot(key, mask);
        while (values[slot] != null) {
            if (keys[slot] == key) {
                return (V) values[slot];
            }
            slot = (slot + 1) & mask;
        }
        return null;
    }

    /** Sets the value of a key. */
    public void put(long key, V value) {
        if (2 * size >= keys.length) {
            grow();
        }
        if (insert(keys, values, key, value)) {
            size++;
        }
    }

    /** Number of keys. */
    public int size() {
        return size;
    }

    /** Visits every value in the order of the table, which depends on the keys only. */
    @SuppressWarnings("unchecked") // only put() stores, and it takes V
    public void forEach(Consumer<? super V> action) {
        for (Object value : values) {
            if (value != null) {
                action.accept((V) value);
            }
        }
    }

    private void grow() {
        long[] moreKeys = new long[2 * keys.length];
        @Nullable Object[] moreValues = new Object[moreKeys.length];
        for (int i = 0; i < keys.length; i++) {
            Object value = values[i];
            if (value != null) {
                insert(moreKeys, moreValues, keys[i], value);
            }
        }
        keys = moreKeys;
        values = moreValues;
    }

    private static boolean insert(long[] keys, @Nullable Object[] values, long key, Object value) {
        int mask = keys.length - 1;
        int slot = slot(key, mask);
        while (values[slot] != null) {
            if (keys[slot] == key) {
                values[slot] = value;
                return false;
            }
            slot = (slot + 1) & mask;
        }
        keys[slot] = key;
        values[slot] = value;
        return true;
    }

    private static int slot(long key, int mask) {
        return (int) ((key * 0x9e3779b97f4a7c15L) >>> 40) & mask;
    }
}
