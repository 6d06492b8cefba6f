package dev.breakmake.translation.tlb;

import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One root as one regime uses it under one VMID and ASID, with the PEs that walk it or may still hold what they walked from it.
 */
public final class Tree {
    private final Forest forest;
    private final TagSpace space;
    private final int asid;
    private final long base;
    private final Geometry geometry;
    private final boolean walksCacheable;
    /** The stage 2 tree that translates table addresses, or null if they are physical. */
    private final @Nullable Tree stage2;
    /** Intermediate pages a walk looks for tables in, translated or not; empty without stage 2. */
    private final NavigableSet<Long> tablePages = new TreeSet<>(Long::compareUnsigned);
    /** PEs that may walk it from its root now. */
    long walkers;
    /** PEs whose TLBs may hold entries that came from it; always includes {@link #walkers}. */
    long holders;

    boolean everWalked;
    /** Time since when no PE walks it; what is stored and replaced again after that was never to be held. */
    long idleSince;
    /** Time of the register write by which a PE last left it. */
    long leftAt;
    /** Instruction of that write. */
    long leftBy;

    @Nullable
    TableSlice root;
    /** Order of last use, for dropping trees nobody holds. */
    long usedAt;

    Tree(
            Forest forest,
            TagSpace space,
            int asid,
            long base,
            Geometry geometry,
            boolean walksCacheable,
            @Nullable Tree stage2) {
        this.forest = forest;
        this.space = space;
        this.asid = asid;
        this.base = base;
        this.geometry = geometry;
        this.walksCacheable = walksCacheable;
        this.stage2 = stage2;
    }

    /** The forest it stands in. */
    Forest forest() {
        return forest;
    }

    /** Tag space of its entries. */
    public TagSpace space() {
        return space;
    }

    /** ASID of its non-global entries; 0 for regimes without. */
    public int asid() {
        return asid;
    }

    /** The stage 2 tree its table addresses are translated by, or null if they are physical. */
    public @Nullable Tree stage2() {
        return stage2;
    }

    /** Intermediate pages a walk looks for tables in. */
    NavigableSet<Long> tablePages() {
        return tablePages;
    }

    /** Address of the root table: physical, or intermediate under a stage 2. */
    public long base() {
        return base;
    }

    /** How its words are read. */
    public Geometry geometry() {
        return geometry;
    }

    /** Whether walks go through data caches. */
    public boolean walksCacheable() {
        return walksCacheable;
    }

    /** PEs that may walk it now, one bit each. */
    public long walkers() {
        return walkers;
    }

    /** Whether any PE ever walked it from its root. */
    public boolean everWalked() {
        return everWalked;
    }

    /** PEs that may hold entries of it, one bit each. */
    public long holders() {
        return holders;
    }

    /** First slice of the root table. */
    public @Nullable TableSlice root() {
        return root;
    }

    /** Time a PE last left it for another root, 0 if never. */
    public long leftAt() {
        return leftAt;
    }

    /** Instruction by which it was left. */
    public long leftBy() {
        return leftBy;
    }
}
