package dev.breakmake.translation.tlb;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Stale descriptor versions: what was replaced in memory but may still sit in a TLB or walk cache. Columns of primitives, indexed by
 * version number; found by tag space, level and input address in constant time.
 */
public final class VersionStore {
    private static final int FIRST_SIZE = 16;

    private long[] input = new long[FIRST_SIZE];
    private long[] descriptor = new long[FIRST_SIZE];
    private long[] location = new long[FIRST_SIZE];
    private long[] bornAt = new long[FIRST_SIZE];
    private long[] bornPc = new long[FIRST_SIZE];
    private long[] holders = new long[FIRST_SIZE];
    private long[] combined = new long[FIRST_SIZE];
    private int[] asid = new int[FIRST_SIZE];
    private int[] generation = new int[FIRST_SIZE];
    private byte[] level = new byte[FIRST_SIZE];
    private byte[] writer = new byte[FIRST_SIZE];
    private boolean[] table = new boolean[FIRST_SIZE];
    private boolean[] reported = new boolean[FIRST_SIZE];
    private boolean[] belowTable = new boolean[FIRST_SIZE];
    private int[] nextInBucket = new int[FIRST_SIZE];
    private int[] nextInSpace = new int[FIRST_SIZE];
    private int[] previousInSpace = new int[FIRST_SIZE];
    private @Nullable Tree[] tree = new @Nullable Tree[FIRST_SIZE];
    private @Nullable TableSlice[] group = new @Nullable TableSlice[FIRST_SIZE];
    private int[] buckets = new int[2 * FIRST_SIZE];
    private int used;
    private int free = -1;
    private int live;

    VersionStore() {
        Arrays.fill(buckets, -1);
    }

    /** Adds a version and returns its number. */
    int add(
            Tree tree,
            int level,
            long input,
            long descriptor,
            long location,
            boolean isTable,
            long holders,
            long bornAt,
            int writer,
            long bornPc) {
        int v = free;
        if (v >= 0) {
            free = nextInBucket[v];
        } else {
            if (used == this.input.length) {
                grow();
            }
            v = used++;
        }
        TagSpace space = tree.space();
        this.input[v] = input;
        this.descriptor[v] = descriptor;
        this.location[v] = location;
        this.bornAt[v] = bornAt;
        this.bornPc[v] = bornPc;
        this.holders[v] = holders;
        this.combined[v] = space.regime().stage2() ? holders : 0;
        this.asid[v] = !isTable && global(tree, descriptor) ? -1 : tree.asid();
        this.level[v] = (byte) level;
        this.writer[v] = (byte) writer;
        this.table[v] = isTable;
        this.reported[v] = false;
        this.belowTable[v] = false;
        this.tree[v] = tree;
        this.group[v] = null;
        int bucket = bucket(space, level, input);
        nextInBucket[v] = buckets[bucket];
        buckets[bucket] = v;
        int next = space.firstVersion;
        nextInSpace[v] = next;
        previousInSpace[v] = -1;
        if (next >= 0) {
            previousInSpace[next] = v;
        }
        space.firstVersion = v;
        space.versions++;
        space.atLevel[level + 1]++;
        space.additions++;
        if (!isTable && tree.geometry().format().contiguous(descriptor)) {
            space.contiguousVersions++;
        }
        if (++live > buckets.length) {
            rehash();
        }
        return v;
    }

    private static boolean global(Tree tree, long descriptor) {
        return tree.geometry().regime().hasAsids() && !tree.geometry().format().notGlobal(descriptor);
    }

    /** Takes PEs off a version; it vanishes with the last. Returns whether it vanished. */
    boolean release(int v, long pes) {
        holders[v] &= ~pes;
        combined[v] &= ~pes;
        if ((holders[v] | combined[v]) == 0) {
            remove(v);
            return true;
        }
        return false;
    }

    /** Takes PEs off the stage 2 part of a version only: combined stage 1 and 2 entries stay. */
    void releaseStage2Part(int v, long pes) {
        holders[v] &= ~pes;
    }

    private void remove(int v) {
        TagSpace space = space(v);
        int bucket = bucket(space, level[v], input[v]);
        int w = buckets[bucket];
        if (w == v) {
            buckets[bucket] = nextInBucket[v];
        } else {
            while (nextInBucket[w] != v) {
                w = nextInBucket[w];
            }
            nextInBucket[w] = nextInBucket[v];
        }
        int next = nextInSpace[v];
        int previous = previousInSpace[v];
        if (next >= 0) {
            previousInSpace[next] = previous;
        }
        if (previous >= 0) {
            nextInSpace[previous] = next;
        } else {
            space.firstVersion = next;
        }
        space.versions--;
        space.atLevel[level[v] + 1]--;
        if (!table[v] && tree(v).geometry().format().contiguous(descriptor[v])) {
            space.contiguousVersions--;
        }
        live--;
        generation[v]++;
        tree[v] = null;
        group[v] = null;
        nextInBucket[v] = free;
        free = v;
    }

    /** The first version with exactly this tag space, level and input address, or -1. */
    public int find(TagSpace space, int wantedLevel, long wantedInput) {
        return match(buckets[bucket(space, wantedLevel, wantedInput)], space, wantedLevel, wantedInput);
    }

    /** The next one after {@code v}, or -1. */
    public int findNext(int v) {
        return match(nextInBucket[v], space(v), level[v], input[v]);
    }

    private int match(int from, TagSpace space, int wantedLevel, long wantedInput) {
        int v = from;
        while (v >= 0 && !(input[v] == wantedInput && level[v] == wantedLevel && space(v) == space)) {
            v = nextInBucket[v];
        }
        return v;
    }

    private int bucket(TagSpace space, int atLevel, long atInput) {
        long key = (atInput >>> 12) * 0x9e3779b97f4a7c15L + (space.vmid() * 31L + atLevel) * 0xc2b2ae3d27d4eb4fL;
        return (int) (key >>> 32) & (buckets.length - 1);
    }

    private void rehash() {
        buckets = new int[2 * buckets.length];
        Arrays.fill(buckets, -1);
        for (int v = 0; v < used; v++) {
            if (tree[v] != null) {
                int bucket = bucket(space(v), level[v], input[v]);
                nextInBucket[v] = buckets[bucket];
                buckets[bucket] = v;
            }
        }
    }

    private void grow() {
        int size = 2 * used;
        input = Arrays.copyOf(input, size);
        descriptor = Arrays.copyOf(descriptor, size);
        location = Arrays.copyOf(location, size);
        bornAt = Arrays.copyOf(bornAt, size);
        bornPc = Arrays.copyOf(bornPc, size);
        holders = Arrays.copyOf(holders, size);
        combined = Arrays.copyOf(combined, size);
        asid = Arrays.copyOf(asid, size);
        generation = Arrays.copyOf(generation, size);
        level = Arrays.copyOf(level, size);
        writer = Arrays.copyOf(writer, size);
        table = Arrays.copyOf(table, size);
        reported = Arrays.copyOf(reported, size);
        belowTable = Arrays.copyOf(belowTable, size);
        nextInBucket = Arrays.copyOf(nextInBucket, size);
        nextInSpace = Arrays.copyOf(nextInSpace, size);
        previousInSpace = Arrays.copyOf(previousInSpace, size);
        tree = Arrays.copyOf(tree, size);
        group = Arrays.copyOf(group, size);
    }

    /** Next version of the same tag space, or -1; newest first. */
    public int nextInSpace(int v) {
        return nextInSpace[v];
    }

    /** First input address the entry translates. */
    public long input(int v) {
        return input[v];
    }

    /** The value that may still be held. */
    public long descriptor(int v) {
        return descriptor[v];
    }

    /** Physical address it lay at. */
    public long location(int v) {
        return location[v];
    }

    /** Time of the store that replaced it. */
    public long bornAt(int v) {
        return bornAt[v];
    }

    /** Instruction of that store. */
    public long bornPc(int v) {
        return bornPc[v];
    }

    /** PE of that store. */
    public int writer(int v) {
        return writer[v];
    }

    /** Level of the table it lay in. */
    public int level(int v) {
        return level[v];
    }

    /** ASID it is tagged with, -1 if global. */
    public int asid(int v) {
        return asid[v];
    }

    /** Whether it is a table descriptor. */
    public boolean isTable(int v) {
        return table[v];
    }

    /** PEs that may hold it, as such or (stage 2) combined with stage 1. */
    public long holders(int v) {
        return holders[v] | combined[v];
    }

    /** PEs that may hold it in stage 2 form. */
    public long stage2Holders(int v) {
        return holders[v];
    }

    /** The tree it was part of. */
    public Tree tree(int v) {
        Tree t = tree[v];
        if (t == null) {
            throw new IllegalStateException("version " + v + " is gone");
        }
        return t;
    }

    private TagSpace space(int v) {
        return tree(v).space();
    }

    /** First slice of the table a stale table descriptor points to. */
    public @Nullable TableSlice group(int v) {
        return group[v];
    }

    void group(int v, @Nullable TableSlice slices) {
        group[v] = slices;
    }

    /** Changes whenever the number is given to another version. */
    int generation(int v) {
        return generation[v];
    }

    boolean exists(int v, int wantedGeneration) {
        return generation[v] == wantedGeneration && tree[v] != null;
    }

    /** Marks a leaf that stayed behind when the table descriptor above it was invalidated by address. */
    void markBelowTable(int v) {
        belowTable[v] = true;
    }

    /** Whether it is a leaf that stayed behind when the table descriptor above it was invalidated by address. */
    public boolean belowTable(int v) {
        return belowTable[v];
    }

    /** Whether a finding was already made of it. */
    public boolean reported(int v) {
        return reported[v];
    }

    /** Remembers that a finding was made of it: one root cause, one finding. */
    public void markReported(int v) {
        reported[v] = true;
    }

    /** Number of stale versions. */
    public int size() {
        return live;
    }
}
