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

    private final TableMemory memory;
    private final List<Tree> trees = new ArrayList<>();
    private final List<TagSpace> spaces = new ArrayList<>();
    private int slices;
    private long uses;
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
    public int slices() {
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

    /** The tree of a root under a tag; built from table memory if it is new. */
    Tree tree(TagSpace space, int asid, long base, Geometry geometry, boolean walksCacheable) {
        for (int i = 0; i < trees.size(); i++) {
            Tree tree = trees.get(i);
            if (tree.space() == space
                    && tree.asid() == asid
                    && tree.base() == base
                    && tree.walksCacheable() == walksCacheable
                    && tree.geometry().sameReading(geometry)) {
                tree.usedAt = ++uses;
                return tree;
            }
        }
        dropSpare();
        Tree tree = new Tree(this, space, asid, base, geometry, walksCacheable);
        tree.usedAt = ++uses;
        trees.add(tree);
        int entries = 1 << (geometry.inputBits() - geometry.shift(geometry.startLevel()));
        tree.root = addTable(tree, null, 0, geometry.startLevel(), geometry.inputStart(), base, entries);
        return tree;
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

    private TableSlice addTable(
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
            Frame frame = memory.frame(address);
            TableSlice slice = new TableSlice(tree, parent, parentWord, level, at, frame, firstWord, words);
            frame.add(slice);
            if (tail == null) {
                head = slice;
            } else {
                tail.nextInGroup = slice;
            }
            tail = slice;
            left -= words;
            at += (long) words << tree.geometry().shift(level);
            address = (address & -4096L) + 4096;
        }
        if (head == null) {
            throw new IllegalStateException("a table without entries");
        }
        if (level < 3) {
            for (TableSlice s = head; s != null; s = s.nextInGroup) {
                Frame frame = s.frame();
                int end = s.endWord();
                for (int w = frame.nextFilled(s.firstWord(), end); w < end; w = frame.nextFilled(w + 1, end)) {
                    long descriptor = frame.words[w];
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
                    long descriptor = frame.words[w];
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
    }

    /** PEs that may hold, or walk into, what lies in a slice. */
    static long holders(TableSlice slice, VersionStore versions) {
        int version = slice.staleLink();
        return version >= 0 ? versions.holders(version) : slice.tree().holders;
    }
}
