package dev.breakmake.translation.rule;

import dev.breakmake.translation.descriptor.DescriptorChange;
import dev.breakmake.translation.event.Capability;
import dev.breakmake.translation.event.DescriptorWrite;
import dev.breakmake.translation.event.WriteOrigin;
import dev.breakmake.translation.register.Regime;
import dev.breakmake.translation.tlb.Geometry;
import dev.breakmake.translation.tlb.TableSlice;
import dev.breakmake.translation.tlb.Tree;

/** BBM-SELF, BBM-HWUPD, PTE-ATOM, SMP-BOOTPT: how a live descriptor is stored to, whatever it becomes. */
public final class LiveStores {
    private final Machine machine;

    /** Judges the stores of a machine. */
    public LiveStores(Machine machine) {
        this.machine = machine;
    }

    /**
     * A word that some PE may walk was stored to.
     *
     * @return whether the store was torn: the value is half a descriptor and not to be judged as a whole
     */
    boolean stored(TableSlice slice, int word, long old, DescriptorWrite write, long holders) {
        Tree tree = slice.tree();
        Geometry geometry = tree.geometry();
        int level = slice.level();
        long fresh = write.newDescriptor();
        boolean before = geometry.holdable(old, level);
        boolean after = geometry.holdable(fresh, level);
        WriteOrigin origin = write.origin();
        boolean seen = origin == WriteOrigin.STORE || origin == WriteOrigin.ATOMIC || origin == WriteOrigin.ZERO;
        if (!seen) {
            return false;
        }
        otherPe(slice, word, write, holders);
        boolean breaks = before
                && after
                && DescriptorChange.needsBreak(DescriptorChange.mask(geometry.format(), level, old, fresh));
        if (write.size() < 8 && breaks) {
            report(
                    RuleId.PTE_ATOM,
                    slice,
                    word,
                    old,
                    write,
                    holders,
                    "a live descriptor is stored to in parts: this part of %d bytes leaves a valid one that was never meant"
                            .formatted(write.size()));
            return true;
        }
        boolean plain = before && after && origin == WriteOrigin.STORE && machine.sees(Capability.SETUP);
        if (plain && geometry.hardwareMayWrite(old, level)) {
            report(
                    RuleId.BBM_HWUPD,
                    slice,
                    word,
                    old,
                    write,
                    holders,
                    "a plain store over a valid leaf whose access flag or dirty state hardware may set at any time");
        }
        if (before && !after && machine.sees(Capability.SETUP)) {
            self(slice, word, old, write, holders);
        }
        return false;
    }

    private void self(TableSlice slice, int word, long old, DescriptorWrite write, long holders) {
        Tree tree = slice.tree();
        Regime own = machine.hypervisorRegime(write.pe());
        long span = 1L << tree.geometry().shift(slice.level());
        long offset = write.pc() - slice.input(word);
        if (tree.space().regime() == own && (tree.walkers() & 1L << write.pe()) != 0 && offset >= 0 && offset < span) {
            report(
                    RuleId.BBM_SELF,
                    slice,
                    word,
                    old,
                    write,
                    holders,
                    "PE%d breaks the mapping of the code it runs (0x%x)".formatted(write.pe(), write.pc()));
        }
    }

    /** A PE whose own MMU is off rewrites tables that another PE may walk. */
    private void otherPe(TableSlice slice, int word, DescriptorWrite write, long holders) {
        Regime own = machine.hypervisorRegime(write.pe());
        boolean off =
                !machine.pe(write.pe()).enabled(own) && slice.tree().space().regime() == own;
        long others = holders & ~(1L << write.pe());
        if (off && others != 0) {
            report(
                    RuleId.SMP_BOOTPT,
                    slice,
                    word,
                    write.oldDescriptor(),
                    write,
                    others,
                    "PE%d, which is coming up, rewrites a table that %s may walk"
                            .formatted(write.pe(), Machine.pes(others)));
        }
    }

    private void report(
            RuleId rule, TableSlice slice, int word, long old, DescriptorWrite write, long pes, String message) {
        Tree tree = slice.tree();
        Violation violation = machine.reporter()
                .report(rule, null, Machine.place(tree, slice.level(), write.pc(), pes, slice.input(word)));
        if (violation != null) {
            violation
                    .before(old, Machine.text(tree.geometry(), slice.level(), old))
                    .after(write.newDescriptor(), Machine.text(tree.geometry(), slice.level(), write.newDescriptor()))
                    .message("%s", message);
        }
    }
}
