package dev.breakmake.translation.tlb;

import dev.breakmake.translation.register.Regime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All trees that some PE walks or may hold entries of, kept in step with table memory. */
public final class Forest {
    /** Trees nobody holds that are kept for a later use of the same root. */
    private static final int SPARE_TREES = 8;
    /** More table pages than a run with honest tables can have: 2 M slices of tables would map 4 TiB in pages. */
    private static final int SLICE_LIMIT = 1 << 21;
    /** What stage 2 does not translate. */
    public static final long NOWHERE = -1;

    private final TableMemory memory;
    private final List<Tree> trees = new ArrayList<>();
    private final List<TagSpace> spaces = new ArrayList<>();
    private int slices;
    private long uses;
    private boolean guestTables;
    /** Changes whenever a link becomes stale: what slices remember of the links above them holds no longer. */
    int linkChanges;

    Forest(TableMemory memory) {
        this.memory = memory;
    }

    /** All trees, in order of creation. */
    public List<Tree> trees() {
        return trees;
    }

    /** All tag spaces, in order of creation. */
    public List<TagSpace> spaces() {
        return spaces;
    }

    /** Number of table slices known, over all trees. */
    int slices() {
        return slices;
    }

    TagSpace space(Regime regime, int vmid) {
        for (int i = 0; i < spaces.size(); i++) {
            TagSpace space = spaces.get(i);
            if (space.regime() == regime && space.vmid() == vmid) {
                return space;
            }
        }
        TagSpace space = new TagSpace(regime, vmid);
        spaces.add(space);
        return space;
    }

    /** The tree of a root under a tag; built from table memory if it is new. {@code stage2} translates its table addresses. */
    Tree tree(TagSpace space, int asid, long base, Geometry geometry, boolean walksCacheable, @Nullable Tree stage2) {
        for (int i = 0; i < trees.size(); i++) {
            Tree tree = trees.get(i);
            if (tree.space() == space
                    && tree.asid() == asid
                    && tree.base() == base
                    && tree.walksCacheable() == walksCacheable
                    && tree.stage2() == stage2
                    && tree.geometry().sameReading(geometry)) {
                tree.usedAt = ++uses;
                return tree;
            }
        }
        dropSpare();
        guestTables |= stage2 != null;
        Tree tree = new Tree(this, space, asid, base, geometry, walksCacheable, stage2);
        tree.usedAt = ++uses;
        trees.add(tree);
        tree.root = addRoot(tree);
        return tree;
    }

    private @Nullable TableSlice addRoot(Tree tree) {
        Geometry geometry = tree.geometry();
        int entries = 1 << (geometry.inputBits() - geometry.shift(geometry.startLevel()));
        return addTable(tree, null, 0, geometry.startLevel(), geometry.inputStart(), tree.base(), entries);
    }

    /**
     * A stage 2 entry changed: guest trees whose tables it leads to (or led to, or might) are read again. What a PE may still hold
     * through the old entry is held as part of that entry's own stale version.
     *
     * @return the trees that were read again
     */
    List<Tree> translated(TableSlice slice, int word) {
        if (!guestTables || !slice.tree().space().regime().stage2()) {
            return List.of();
        }
        long first = slice.input(word);
        long last = first + (1L << slice.tree().geometry().shift(slice.level())) - 1;
        List<Tree> again = new ArrayList<>();
        for (int i = 0; i < trees.size(); i++) {
            Tree tree = trees.get(i);
            if (tree.stage2() == slice.tree()) {
                Long page = tree.tablePages().ceiling(first & -Frame.BYTES);
                if (page != null && Long.compareUnsigned(page, last) <= 0) {
                    again.add(tree);
                }
            }
        }
        for (Tree tree : again) {
            TableSlice root = tree.root;
            if (root != null) {
                destroy(root);
            }
            tree.tablePages().clear();
            tree.root = addRoot(tree);
        }
        return again;
    }

    /**
     * Where an address that a walk of the tree finds lies in memory: itself, or what stage 2 makes of it, {@link #NOWHERE} if that does
     * not translate it.
     */
    public long physical(Tree tree, long address) {
        Tree stage2 = tree.stage2();
        return stage2 == null ? address : translate(stage2, address);
    }

    private long translate(Tree stage2, long address) {
        Geometry geometry = stage2.geometry();
        TableSlice at = stage2.root;
        while (at != null) {
            int shift = geometry.shift(at.level());
            long word = at.firstWord() + ((address - at.input(at.firstWord())) >> shift);
            if (word < at.firstWord() || word >= at.endWord()) {
                at = at.nextInGroup;
                continue;
            }
            long descriptor = at.frame().word((int) word);
            if (!geometry.holdable(descriptor, at.level())) {
                return NOWHERE;
            }
            if (geometry.kind(descriptor, at.level()) == Geometry.LEAF) {
                return geometry.format().outputAddress(descriptor, at.level()) | address & (1L << shift) - 1;
            }
            at = child(at, (int) word, descriptor);
        }
        return NOWHERE;
    }

    private void dropSpare() {
        int spare = 0;
        Tree oldest = null;
        for (int i = 0; i < trees.size(); i++) {
            Tree tree = trees.get(i);
            if (tree.holders == 0) {
                spare++;
                if (oldest == null || tree.usedAt < oldest.usedAt) {
                    oldest = tree;
                }
            }
        }
        if (oldest != null && spare > SPARE_TREES) {
            trees.remove(oldest);
            TableSlice root = oldest.root;
            if (root != null) {
                destroy(root);
            }
        }
    }

    /** Follows a table descriptor that appeared in a word of a slice. */
    @Nullable
    TableSlice link(TableSlice parent, int word, long descriptor) {
        Geometry geometry = parent.tree().geometry();
        return addTable(
                parent.tree(),
                parent,
                word,
                parent.level() + 1,
                parent.input(word),
                geometry.next(descriptor),
                1 << geometry.granule().bitsPerLevel());
    }

    private @Nullable TableSlice addTable(
            Tree tree, @Nullable TableSlice parent, int parentWord, int level, long input, long base, int entries) {
        TableSlice head = null;
        TableSlice tail = null;
        long address = base;
        long at = input;
        int left = entries;
        while (left > 0) {
            int firstWord = (int) (address >>> 3) & (Frame.WORDS - 1);
            int words = Math.min(left, Frame.WORDS - firstWord);
            if (++slices > SLICE_LIMIT) {
                throw new StateLimitException(
                        "more than %d table pages are linked below the root at 0x%x: the trace links tables to themselves over and over, or is damaged"
                                .formatted(SLICE_LIMIT, tree.base()));
            }
            if (tree.stage2() != null) {
                tree.tablePages().add(address & -Frame.BYTES);
            }
            long physical = physical(tree, address);
            if (physical == NOWHERE) {
                slices--;
            } else {
                Frame frame = memory.frame(physical);
                TableSlice slice = new TableSlice(tree, parent, parentWord, level, at, frame, firstWord, words);
                frame.add(slice);
                if (tail == null) {
                    head = slice;
                } else {
                    tail.nextInGroup = slice;
                }
                tail = slice;
            }
            left -= words;
            at += (long) words << tree.geometry().shift(level);
            address = (address & -4096L) + 4096;
        }
        if (head != null && parent != null && tree.stage2() != null) {
            parent.below.add(head);
        }
        if (level < 3) {
            for (TableSlice s = head; s != null; s = s.nextInGroup) {
                Frame frame = s.frame();
                int end = s.endWord();
                for (int w = frame.nextFilled(s.firstWord(), end); w < end; w = frame.nextFilled(w + 1, end)) {
                    long descriptor = frame.word(w);
                    if ((descriptor & 3) == 3 && tree.geometry().holdable(descriptor, level)) {
                        link(s, w, descriptor);
                    }
                }
            }
        }
        return head;
    }

    /** The live slices a word of a slice points to, or null. */
    public @Nullable TableSlice child(TableSlice parent, int word, long descriptor) {
        if (parent.tree().stage2() != null) {
            for (int i = 0; i < parent.below.size(); i++) {
                TableSlice s = parent.below.get(i);
                if (s.parentWord() == word && s.version < 0) {
                    return s;
                }
            }
            return null;
        }
        Geometry geometry = parent.tree().geometry();
        Frame frame = memory.find(geometry.next(descriptor));
        if (frame == null) {
            return null;
        }
        long firstInput = parent.input(word);
        for (TableSlice s = frame.first; s != null; s = s.nextOnFrame) {
            if (s.parent() == parent
                    && s.parentWord() == word
                    && s.version < 0
                    && s.input(s.firstWord()) == firstInput) {
                return s;
            }
        }
        return null;
    }

    /** Forgets a table and everything below it that is not held through a stale link of its own. */
    void destroy(TableSlice group) {
        for (TableSlice s = group; s != null; s = s.nextInGroup) {
            int level = s.level();
            if (level < 3) {
                Frame frame = s.frame();
                int end = s.endWord();
                for (int w = frame.nextFilled(s.firstWord(), end); w < end; w = frame.nextFilled(w + 1, end)) {
                    long descriptor = frame.word(w);
                    if ((descriptor & 3) == 3 && s.tree().geometry().holdable(descriptor, level)) {
                        TableSlice child = child(s, w, descriptor);
                        if (child != null) {
                            destroy(child);
                        }
                    }
                }
            }
            s.frame().remove(s);
            slices--;
        }
        TableSlice parent = group.parent();
        if (parent != null && parent.tree().stage2() != null) {
            parent.below.remove(group);
        }
    }

    /** PEs that may hold, or walk into, what lies in a slice. */
    static long holders(TableSlice slice, VersionStore versions) {
        int version = slice.staleLink();
        return version >= 0 ? versions.holders(version) : slice.tree().holders;
    }
}
