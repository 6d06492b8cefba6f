package dev.breakmake.translation.rule;

import dev.breakmake.translation.descriptor.ChangeKind;
import dev.breakmake.translation.descriptor.DescriptorChange;
import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.Feature;
import dev.breakmake.translation.event.TranslationUse;
import dev.breakmake.translation.register.Regime;
import dev.breakmake.translation.tlb.Frame;
import dev.breakmake.translation.tlb.MayHold;
import dev.breakmake.translation.tlb.PeTimeline;
import dev.breakmake.translation.tlb.TableSlice;
import dev.breakmake.translation.tlb.TagSpace;
import dev.breakmake.translation.tlb.Tree;
import dev.breakmake.translation.tlb.VersionStore;
import org.jspecify.annotations.Nullable;

/**
 * PTE-DSB, TLB-ISB, TLB-MISS and TLB-PERM: what must have happened before a changed translation is used (Arm ARM B2.2.5, D8.2.6.1,
 * G5.9.1.3).
 */
public final class FirstUse {
    private final Machine machine;
    private final MayHold mayHold;
    private final StaleDependence dependence;
    private final boolean asksForData;

    /** Judges the uses of a machine. */
    public FirstUse(Machine machine, StaleDependence dependence) {
        this.machine = machine;
        this.mayHold = machine.mayHold();
        this.dependence = dependence;
        this.asksForData = machine.header().architecture() == Architecture.AARCH32 || !machine.has(Feature.ETS2);
    }

    /** A use. */
    public void used(TranslationUse use) {
        if (use.level() < 0) {
            return;
        }
        TableSlice slice = walkedSlice(use);
        if (slice == null) {
            return;
        }
        int word = (int) (use.descriptorPa() >>> 3) & (Frame.WORDS - 1);
        held(use, slice, word);
        boolean fetch = use.kind() == TranslationUse.Kind.FETCH;
        if (!fetch && !asksForData) {
            return;
        }
        int at = word;
        for (TableSlice s = slice; s != null; s = s.parent()) {
            if (ordering(use, s, at, fetch)) {
                return;
            }
            at = s.parentWord();
        }
    }

    /** The live slice through which the PE's own walk of that regime reaches the leaf. */
    private @Nullable TableSlice walkedSlice(TranslationUse use) {
        Frame frame = mayHold.memory().find(use.descriptorPa());
        if (frame == null) {
            return null;
        }
        int word = (int) (use.descriptorPa() >>> 3) & (Frame.WORDS - 1);
        for (TableSlice s = frame.firstSlice(); s != null; s = s.nextOnFrame()) {
            Tree tree = s.tree();
            boolean stage = tree.space().regime().stage2() == use.stage2();
            if (stage
                    && s.level() == use.level()
                    && (tree.walkers() & 1L << use.pe()) != 0
                    && s.holds(word)
                    && !s.stale()
                    && use.va() - s.input(word) >= 0
                    && use.va() - s.input(word) < 1L << tree.geometry().shift(s.level())) {
                return s;
            }
        }
        return null;
    }

    private boolean ordering(TranslationUse use, TableSlice slice, int word, boolean fetch) {
        Frame frame = slice.frame();
        long stored = frame.storedAt(word);
        Tree tree = slice.tree();
        Regime regime = tree.space().regime();
        if (stored == 0 || stored < machine.pe(use.pe()).enabledAt(regime)) {
            // Stores from before the regime went on are a matter of MMU-DSB.
            return false;
        }
        int writer = frame.storedBy(word);
        PeTimeline timeline = mayHold.timeline(writer);
        boolean own = writer == use.pe();
        boolean completed = (own ? timeline.storeBarrier() : timeline.storeBarrierShared()) > stored;
        RuleId rule;
        if (!completed) {
            rule = RuleId.PTE_DSB;
        } else if (own && timeline.barrierBeforeSync() < stored) {
            rule = RuleId.TLB_ISB;
        } else {
            return false;
        }
        frame.settle(word);
        long pc = frame.writer(word);
        Violation violation = machine.reporter()
                .report(rule, null, Machine.place(tree, slice.level(), pc, 1L << use.pe(), slice.input(word)));
        if (violation != null) {
            long descriptor = frame.word(word);
            violation
                    .after(descriptor, Machine.text(tree.geometry(), slice.level(), descriptor))
                    .message(
                            rule == RuleId.PTE_DSB
                                    ? "PE%d used 0x%x (%s) although no DSB completed the store of its descriptor"
                                    : "PE%d used 0x%x (%s) with a DSB but no context synchronisation after the store of its descriptor",
                            use.pe(),
                            use.va(),
                            fetch ? "fetch" : "data")
                    .because(stored, writer, pc, "descriptor at 0x%x written", frame.address() + 8L * word)
                    .because(
                            machine.clock().now(),
                            use.pe(),
                            use.pc(),
                            "first %s through it",
                            fetch ? "fetch" : "data access");
        }
        return true;
    }

    /** Versions still held for the address that differ from what the use saw. */
    private void held(TranslationUse use, TableSlice slice, int word) {
        Tree tree = slice.tree();
        TagSpace space = tree.space();
        if (space.staleVersions() == 0) {
            return;
        }
        VersionStore versions = mayHold.versions();
        for (int level = -1; level <= 3; level++) {
            if (space.staleVersions(level) == 0) {
                continue;
            }
            long first = use.va() & -(1L << tree.geometry().shift(level));
            int next;
            for (int v = versions.find(space, level, first); v >= 0; v = next) {
                next = versions.findNext(v);
                boolean holds = mayHold.concerns(v, tree) && (versions.holders(v) & 1L << use.pe()) != 0;
                if (holds && !versions.isTable(v)) {
                    against(use, slice, word, v);
                }
            }
        }
    }

    private void against(TranslationUse use, TableSlice slice, int word, int v) {
        VersionStore versions = mayHold.versions();
        int mask = DescriptorChange.mask(
                versions.tree(v).geometry().format(),
                versions.level(v),
                versions.descriptor(v),
                versions.input(v),
                slice.tree().geometry().format(),
                slice.level(),
                slice.frame().word(word),
                slice.input(word));
        if (DescriptorChange.needsBreak(mask)) {
            dependence.dependedOn(
                    v,
                    RuleId.TLB_MISS,
                    null,
                    1L << use.pe(),
                    versions.bornPc(v),
                    "PE%d used 0x%x".formatted(use.pe(), use.va()));
        }
    }

    /** End of the run: what is still stale was never invalidated. */
    public void finish() {
        VersionStore versions = mayHold.versions();
        for (TagSpace space : mayHold.forest().spaces()) {
            int next;
            for (int v = space.firstVersion(); v >= 0; v = next) {
                next = versions.nextInSpace(v);
                Tree tree = versions.tree(v);
                long now = versions.belowTable(v)
                        ? served(tree, v)
                        : mayHold.memory().word(versions.location(v));
                int mask =
                        DescriptorChange.mask(tree.geometry().format(), versions.level(v), versions.descriptor(v), now);
                boolean stays = (mask & ChangeKind.MADE_INVALID.mask()) != 0 || DescriptorChange.needsBreak(mask);
                boolean revoked = (mask & ChangeKind.PERMISSION_REDUCED.mask()) != 0;
                if (stays || revoked) {
                    dependence.dependedOn(
                            v,
                            stays ? RuleId.TLB_MISS : RuleId.TLB_PERM,
                            Severity.WARNING,
                            versions.holders(v),
                            versions.bornPc(v),
                            "stale at the end of the run");
                }
            }
        }
    }

    /** What a leaf below an unlinked table stands against now: the leaf of its level that serves its addresses, 0 if there is none. */
    private long served(Tree tree, int v) {
        Leaf leaf = Leaf.find(mayHold.forest(), tree.root(), mayHold.versions().input(v));
        return leaf != null && leaf.slice().level() == mayHold.versions().level(v) ? leaf.descriptor() : 0;
    }
}
