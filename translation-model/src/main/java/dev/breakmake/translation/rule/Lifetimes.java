package dev.breakmake.translation.rule;

import dev.breakmake.translation.event.DescriptorWrite;
import dev.breakmake.translation.event.MemoryWrite;
import dev.breakmake.translation.event.PageRole;
import dev.breakmake.translation.register.Regime;
import dev.breakmake.translation.tlb.Forest;
import dev.breakmake.translation.tlb.Frame;
import dev.breakmake.translation.tlb.LongMap;
import dev.breakmake.translation.tlb.MayHold;
import dev.breakmake.translation.tlb.PeTimeline;
import dev.breakmake.translation.tlb.TableSlice;
import dev.breakmake.translation.tlb.TagSpace;
import dev.breakmake.translation.tlb.Tree;
import dev.breakmake.translation.tlb.VersionStore;

/** LIFE-*, S2-DEFER, S2-CONC: memory used as table or mapped, and what becomes of it. */
public final class Lifetimes {
    private final Machine machine;
    private final MayHold mayHold;
    private final LongMap<Long> lockOfRoot = new LongMap<>();
    private final LongMap<Long> rootOfTable = new LongMap<>();
    private final LongMap<Integer> holderOfLock = new LongMap<>();

    /** Judges the memory of a machine. */
    public Lifetimes(Machine machine) {
        this.machine = machine;
        this.mayHold = machine.mayHold();
    }

    /** A valid descriptor was stored where only a cached table descriptor still leads. */
    void writtenWhileStale(TableSlice slice, int word, DescriptorWrite write) {
        for (TableSlice s = slice.frame().firstSlice(); s != null; s = s.nextOnFrame()) {
            if (s != slice
                    && s.tree() == slice.tree()
                    && s.holds(word)
                    && s.input(word) == slice.input(word)
                    && !s.stale()) {
                return;
            }
        }
        Violation violation = machine.reporter()
                .report(
                        RuleId.LIFE_WALK,
                        null,
                        Machine.place(
                                slice.tree(), slice.level(), write.pc(), mayHold.holders(slice), slice.input(word)));
        if (violation != null) {
            explain(violation, slice)
                    .after(
                            write.newDescriptor(),
                            Machine.text(slice.tree().geometry(), slice.level(), write.newDescriptor()))
                    .message(
                            "0x%x is written although %s may still walk into the page through an unlinked table"
                                    + " descriptor",
                            write.pa(), Machine.pes(mayHold.holders(slice)));
        }
    }

    /** Something that is no descriptor was stored to a page that a cached table descriptor still leads into. */
    void overwritten(MemoryWrite write) {
        if (mayHold.versions().size() == 0) {
            return;
        }
        mayHold.memory().visit(write.pa(), write.length(), frame -> {
            for (TableSlice s = frame.firstSlice(); s != null; s = s.nextOnFrame()) {
                if (!s.stale() || mayHold.holders(s) == 0 || !mayHold.mayBeWalked(s.tree())) {
                    continue;
                }
                Violation violation = machine.reporter()
                        .report(
                                RuleId.LIFE_WALK,
                                null,
                                Machine.place(
                                        s.tree(), s.level(), write.pc(), mayHold.holders(s), s.input(s.firstWord())));
                if (violation != null) {
                    explain(violation, s)
                            .message(
                                    "page 0x%x is used for data although %s may still walk into it through an unlinked table descriptor",
                                    frame.address(), Machine.pes(mayHold.holders(s)));
                }
                return;
            }
        });
    }

    private Violation explain(Violation violation, TableSlice slice) {
        VersionStore versions = mayHold.versions();
        for (TableSlice s = slice; s != null; s = s.parent()) {
            int v = s.version();
            if (v >= 0) {
                return violation.because(
                        versions.bornAt(v),
                        versions.writer(v),
                        versions.bornPc(v),
                        "table descriptor at 0x%x unlinked it, not invalidated since",
                        versions.location(v));
            }
        }
        return violation;
    }

    /** A table was linked: it may still be walked elsewhere, be part of another table, or not be initialised. */
    void linked(TableSlice group, long holders, int pe, long pc) {
        for (TableSlice s = group; s != null; s = s.nextInGroup()) {
            initialised(s, pe, pc);
            for (TableSlice other = s.frame().firstSlice(); other != null; other = other.nextOnFrame()) {
                if (other != s && (mayHold.holders(other) != 0 && holders != 0)) {
                    twice(s, other, pe, pc);
                }
            }
        }
    }

    private void twice(TableSlice slice, TableSlice other, int pe, long pc) {
        boolean sameInput = other.input(other.firstWord()) == slice.input(slice.firstWord());
        boolean sameTree = other.tree() == slice.tree();
        if (other.stale()) {
            if (!sameTree || !sameInput) {
                Violation violation = machine.reporter()
                        .report(
                                RuleId.LIFE_WALK,
                                null,
                                Machine.place(
                                        slice.tree(),
                                        slice.level(),
                                        pc,
                                        mayHold.holders(other),
                                        slice.input(slice.firstWord())));
                if (violation != null) {
                    explain(violation, other)
                            .message(
                                    "page 0x%x becomes a table while %s may still walk into it as a table of input"
                                            + " address 0x%x",
                                    slice.frame().address(),
                                    Machine.pes(mayHold.holders(other)),
                                    other.input(other.firstWord()));
                }
            }
            return;
        }
        if (other.parent() == null
                && other.tree().geometry().regime().stage2()
                && other != other.tree().root()) {
            simple(RuleId.S2_CONC, slice, pc, pe, "the page is part of a concatenated stage 2 root");
        } else if (!sameInput
                && other.tree().space().regime() == slice.tree().space().regime()) {
            simple(
                    RuleId.LIFE_DUP,
                    slice,
                    pc,
                    pe,
                    "the page is a table at input address 0x%x too".formatted(other.input(other.firstWord())));
        }
    }

    private void simple(RuleId rule, TableSlice slice, long pc, int pe, String what) {
        Violation violation = machine.reporter()
                .report(
                        rule,
                        null,
                        Machine.place(slice.tree(), slice.level(), pc, 1L << pe, slice.input(slice.firstWord())));
        if (violation != null) {
            violation.message(
                    "table 0x%x is linked at input address 0x%x: %s",
                    slice.frame().address(), slice.input(slice.firstWord()), what);
        }
    }

    private void initialised(TableSlice slice, int pe, long pc) {
        Frame frame = slice.frame();
        if (frame.lastStoredAt() <= mayHold.timeline(pe).orderedAt()) {
            return;
        }
        for (int w = slice.firstWord(); w < slice.endWord(); w++) {
            long stored = frame.storedAt(w);
            if (stored != 0 && frame.storedBy(w) == pe) {
                PeTimeline timeline = mayHold.timeline(pe);
                if (timeline.orderedAt() < stored) {
                    Violation violation = machine.reporter()
                            .report(
                                    RuleId.LIFE_INIT,
                                    null,
                                    Machine.place(slice.tree(), slice.level(), pc, 1L << pe, slice.input(w)));
                    if (violation != null) {
                        violation
                                .after(
                                        frame.word(w),
                                        Machine.text(slice.tree().geometry(), slice.level(), frame.word(w)))
                                .because(stored, pe, frame.writer(w), "0x%x stored", frame.address() + 8L * w)
                                .message(
                                        "table 0x%x is linked before a barrier orders the stores that fill it",
                                        frame.address());
                    }
                    return;
                }
            }
        }
    }

    /** A hint about a page, a root or a lock. */
    void role(PageRole role) {
        switch (role.role()) {
            case FREED, TABLE_RELEASED -> freed(role);
            case ROOT_LOCK -> lockOfRoot.put(role.pa(), role.argument());
            case OWNER_ROOT -> rootOfTable.put(role.pa(), role.argument());
            case LOCKED -> holderOfLock.put(role.pa(), role.pe());
            case UNLOCKED -> holderOfLock.put(role.pa(), -1);
            case INITIALISED, ENTRY_OWNER, DEVICE_TABLE, DEVICE_FLUSHED -> {}
        }
    }

    private void freed(PageRole role) {
        mayHold.memory().visit(role.pa(), role.length(), frame -> released(frame, role));
        data(role);
    }

    private void released(Frame frame, PageRole role) {
        for (TableSlice s = frame.firstSlice(); s != null; s = s.nextOnFrame()) {
            // A tree that is only held under a VMID nobody uses now is REG-VMID's business, if the VMID returns.
            boolean parked = !s.stale() && s.tree().space().regime().hasVmids();
            long holders = parked ? s.tree().walkers() : mayHold.holders(s);
            if (holders == 0) {
                continue;
            }
            Violation violation = machine.reporter()
                    .report(
                            RuleId.LIFE_WALK,
                            null,
                            Machine.place(s.tree(), s.level(), role.pc(), holders, s.input(s.firstWord())));
            if (violation != null) {
                explain(violation, s)
                        .message(
                                "page 0x%x is released although %s may still walk it as a table",
                                frame.address(), Machine.pes(holders));
            }
        }
    }

    private void data(PageRole role) {
        VersionStore versions = mayHold.versions();
        for (TagSpace space : mayHold.forest().spaces()) {
            for (int v = space.firstVersion(); v >= 0; v = versions.nextInSpace(v)) {
                if (versions.isTable(v) || versions.reported(v)) {
                    continue;
                }
                Tree tree = versions.tree(v);
                long output = mayHold.forest()
                        .physical(
                                tree,
                                tree.geometry().format().outputAddress(versions.descriptor(v), versions.level(v)));
                long size = 1L << tree.geometry().shift(versions.level(v));
                boolean meets = output != Forest.NOWHERE && role.pa() - output >= 0 && role.pa() - output < size
                        || output - role.pa() >= 0 && output - role.pa() < role.length();
                if (!meets) {
                    continue;
                }
                versions.markReported(v);
                RuleId rule = space.regime() == Regime.STAGE2 ? RuleId.S2_DEFER : RuleId.LIFE_DATA;
                Violation violation = machine.reporter()
                        .report(
                                rule,
                                null,
                                Machine.place(
                                        tree, versions.level(v), role.pc(), versions.holders(v), versions.input(v)));
                if (violation != null) {
                    violation
                            .before(
                                    versions.descriptor(v),
                                    Machine.text(tree.geometry(), versions.level(v), versions.descriptor(v)))
                            .because(
                                    versions.bornAt(v),
                                    versions.writer(v),
                                    versions.bornPc(v),
                                    "unmapped, not invalidated since")
                            .message(
                                    "page 0x%x is freed although %s may still hold a translation to it",
                                    role.pa(), Machine.pes(versions.holders(v)));
                }
            }
        }
    }

    /** LIFE-LOCK: an update of a tree with a declared lock that the PE does not hold. */
    void locked(DescriptorWrite write) {
        if (lockOfRoot.size() == 0 || machine.profile().severity(RuleId.LIFE_LOCK) == null) {
            return;
        }
        long page = write.pa() & -4096L;
        Long owner = rootOfTable.get(page);
        Long lock = lockOfRoot.get(owner == null ? page : owner);
        if (lock == null) {
            return;
        }
        Integer holder = holderOfLock.get(lock);
        if (holder == null || holder != write.pe()) {
            Violation violation = machine.reporter()
                    .report(
                            RuleId.LIFE_LOCK,
                            null,
                            new Reporter.Place("", "", Reporter.NO_LEVEL, write.pc(), 1L << write.pe(), write.va(), 8));
            if (violation != null) {
                violation.message(
                        "PE%d updates 0x%x without holding the lock at 0x%x of its tree", write.pe(), write.pa(), lock);
            }
        }
    }
}
