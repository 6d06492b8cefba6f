package dev.breakmake.translation.rule;

import dev.breakmake.translation.cache.LineStates;
import dev.breakmake.translation.descriptor.Permissions;
import dev.breakmake.translation.event.Feature;
import dev.breakmake.translation.event.MemoryWrite;
import dev.breakmake.translation.event.TranslationUse;
import dev.breakmake.translation.register.Regime;
import dev.breakmake.translation.tlb.PeTimeline;
import dev.breakmake.translation.tlb.Tree;
import org.jspecify.annotations.Nullable;

/** CMO-ICACHE and ENC-EXECXN: what is fetched must be executable, and be what was stored. */
public final class CodeCoherency {
    private final Machine machine;

    /** Judges the fetches of a machine. */
    public CodeCoherency(Machine machine) {
        this.machine = machine;
    }

    /** A store, perhaps to code. */
    void written(MemoryWrite write) {
        if (write.cacheable() && !(machine.has(Feature.CTR_DIC) && machine.has(Feature.CTR_IDC))) {
            machine.lines().writeCode(write.pa(), write.length());
        }
    }

    /** A fetch through a translation that is new to the PE. */
    void fetched(TranslationUse use) {
        Regime own = machine.hypervisorRegime(use.pe());
        Tree tree = machine.mayHold().walked(use.pe(), own, 0);
        if (use.kind() != TranslationUse.Kind.FETCH || use.level() < 0 || use.stage2() || tree == null) {
            return;
        }
        Leaf leaf = Leaf.find(machine.mayHold().forest(), tree.root(), use.va());
        if (leaf == null || leaf.location() != use.descriptorPa()) {
            return;
        }
        int permissions = tree.geometry().format().permissions(leaf.descriptor());
        if (!Permissions.executable(permissions)) {
            Violation violation = machine.reporter()
                    .report(
                            RuleId.ENC_EXECXN,
                            null,
                            Machine.place(tree, leaf.slice().level(), use.pc(), 1L << use.pe(), leaf.input()));
            if (violation != null) {
                violation
                        .after(
                                leaf.descriptor(),
                                Machine.text(tree.geometry(), leaf.slice().level(), leaf.descriptor()))
                        .message("PE%d fetches 0x%x through an execute-never mapping", use.pe(), use.va());
            }
        }
        long pa = leaf.output(use.va());
        String missing = machine.lines().codePending() ? missing(pa, use.pe()) : null;
        if (missing == null) {
            return;
        }
        Violation violation = machine.reporter()
                .report(
                        RuleId.CMO_ICACHE,
                        null,
                        new Reporter.Place("", "", Reporter.NO_LEVEL, use.pc(), 1L << use.pe(), use.va() & -64L, 64));
        if (violation != null) {
            violation.message("PE%d fetches 0x%x (physical 0x%x), stored to and %s", use.pe(), use.va(), pa, missing);
        }
    }

    /** What a PE that fetches a line still lacks, or null if the line is coherent (B2.7.4.2). */
    private @Nullable String missing(long pa, int pe) {
        LineStates lines = machine.lines();
        if (lines.pendingCode(pa & -64L, 64) != -1) {
            return lines.codeCleaned(pa)
                    ? "cleaned, but no instruction cache invalidate followed a DSB that completed the clean"
                    : "neither cleaned to the point of unification nor invalidated in instruction caches since";
        }
        if (lines.invalidatedCode(pa & -64L, 64) == -1) {
            return null;
        }
        int by = lines.codeInvalidatedBy(pa);
        PeTimeline timeline = machine.mayHold().timeline(by);
        long invalidated = lines.codeInvalidatedAt(pa);
        long completed = by == pe ? timeline.fullBarrier() : timeline.fullBarrierShared();
        if (completed <= invalidated) {
            return "the instruction cache invalidate that followed was not completed by a DSB";
        }
        PeTimeline own = machine.mayHold().timeline(pe);
        boolean synchronizedSince =
                by == pe ? own.fullBarrierBeforeSync() > invalidated : own.synchronizedAt() > invalidated;
        return synchronizedSince ? null : "no context synchronisation followed the invalidate";
    }
}
