package dev.breakmake.translation.rule;

import dev.breakmake.translation.event.RegisterWrite;
import dev.breakmake.translation.event.TranslationRegister;
import dev.breakmake.translation.register.ConfigurationAnomaly;
import dev.breakmake.translation.register.Regime;
import dev.breakmake.translation.register.RegimeConfiguration;
import dev.breakmake.translation.tlb.Geometry;
import dev.breakmake.translation.tlb.Scope;
import dev.breakmake.translation.tlb.Tree;
import dev.breakmake.translation.tlb.VersionStore;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** REG-CACHED, REG-TTBRFMT, REG-TCR: fields a TLB may cache change only with an invalidate after them, and must be legal. */
public final class ControlRegisters {
    /** Not a hypervisor's change of a register of a guest that is out of context. */
    static final int INSIDE = -1;

    private static final long WXN = 1L << 19;
    /** T0SZ, EPD0, IRGN0, ORGN0, SH0, TG0, TBI0 and HPD0 of a TCR with two ranges. */
    private static final long LOWER_RANGE = 0xffbfL | 1L << 37 | 1L << 41;
    /** The same of range 1. */
    private static final long UPPER_RANGE = 0xffbf_0000L | 1L << 38 | 1L << 42;

    /** A change of a cacheable field that still wants ISB, TLBI of the whole regime and DSB, in that order. */
    private static final class Change {
        final RegisterWrite write;
        final Regime regime;
        final long old;
        final RuleId rule;
        /** VMID of a guest whose register a hypervisor changed from outside, else {@link #INSIDE}. */
        final int vmid;

        long synchronizedAt;
        boolean invalidatedEarly;
        /** Time of the invalidate that will settle it once completed, 0 if none. */
        long invalidatedAt;

        boolean shared;
        boolean nxs;

        Change(RegisterWrite write, Regime regime, long old, RuleId rule, int vmid) {
            this.write = write;
            this.regime = regime;
            this.old = old;
            this.rule = rule;
            this.vmid = vmid;
        }

        boolean completedBy(boolean isShared, boolean isNxs) {
            return invalidatedAt != 0 && (isShared || !shared) && (nxs || !isNxs);
        }
    }

    private final Machine machine;
    private final @Nullable Change[][] open;
    /** PEs with an open change, one bit each. */
    private long waiting;

    /** Judges the registers of a machine. */
    public ControlRegisters(Machine machine) {
        this.machine = machine;
        open = new @Nullable Change[machine.peCount()][Regime.values().length];
    }

    /**
     * A register was written; the PE's file has the new value already.
     *
     * @param vmid VMID of the guest whose register it is if a hypervisor wrote it from outside, else {@link #INSIDE}
     */
    void written(RegisterWrite write, long old, Regime regime, boolean wasEnabled, int vmid) {
        boolean held = vmid == INSIDE ? mayHoldAny(write.pe(), regime, wasEnabled) : wasEnabled;
        long changed = old ^ write.value();
        if (held && cacheable(write.register(), changed) && !ofAnEmptyRange(write, regime, changed)) {
            open(new Change(write, regime, old, RuleId.REG_CACHED, vmid));
        }
    }

    /**
     * Whether only fields of one of two ranges changed, and of that range nothing can be held: Linux changes T0SZ while the reserved root
     * is in TTBR0 and everything is invalidated.
     */
    private boolean ofAnEmptyRange(RegisterWrite write, Regime regime, long changed) {
        boolean twoRanges = regime == Regime.EL1_0 || regime == Regime.EL2_0;
        boolean control =
                write.register() == TranslationRegister.TCR_EL1 || write.register() == TranslationRegister.TCR_EL2;
        boolean lower = (changed & ~LOWER_RANGE) == 0;
        if (!twoRanges || !control || !(lower || (changed & ~UPPER_RANGE) == 0)) {
            return false;
        }
        for (Tree tree : machine.mayHold().forest().trees()) {
            boolean here = tree.space().regime() == regime && (tree.holders() & 1L << write.pe()) != 0;
            boolean range = lower == (tree.geometry().inputStart() >= 0);
            if (here && range && !machine.mayHold().holdsNothing(tree)) {
                return false;
            }
        }
        return true;
    }

    private void open(Change change) {
        int pe = change.write.pe();
        open[pe][change.regime.ordinal()] = change;
        waiting |= 1L << pe;
    }

    /** REG-CNP: CnP of a root in use was changed and nothing else. */
    void commonChanged(RegisterWrite write, Regime regime) {
        open(new Change(write, regime, write.value() ^ 1, RuleId.REG_CNP, INSIDE));
    }

    private static boolean cacheable(TranslationRegister register, long changed) {
        return switch (register) {
            case TCR_EL1, TCR_EL2, VTCR_EL2, HTCR, VTCR, TTBCR, MAIR_EL1, MAIR_EL2, HMAIR0, HMAIR1, MAIR0, MAIR1 ->
                changed != 0;
            case SCTLR_EL1, SCTLR_EL2, HSCTLR, SCTLR -> (changed & WXN) != 0;
            default -> false;
        };
    }

    private boolean mayHoldAny(int pe, Regime regime, boolean wasEnabled) {
        if (wasEnabled) {
            return true;
        }
        List<Tree> trees = machine.mayHold().forest().trees();
        for (int i = 0; i < trees.size(); i++) {
            Tree tree = trees.get(i);
            if (tree.space().regime() == regime && (tree.holders() & 1L << pe) != 0) {
                return true;
            }
        }
        return false;
    }

    /** The PE is off, or came out of reset: it relies on nothing it wrote before. */
    void reset(int pe) {
        Arrays.fill(open[pe], null);
        waiting &= ~(1L << pe);
    }

    /** A context synchronisation. */
    public void synchronize(int pe) {
        if ((waiting & 1L << pe) == 0) {
            return;
        }
        for (Change change : open[pe]) {
            if (change != null && change.synchronizedAt == 0) {
                change.synchronizedAt = machine.clock().now();
            }
        }
    }

    /** An invalidate. */
    public void invalidated(Scope scope) {
        if (waiting == 0 || !scope.wholeRegime()) {
            return;
        }
        for (int pe = 0; pe < open.length; pe++) {
            if (pe != scope.pe() && !scope.shared()) {
                continue;
            }
            for (Change change : open[pe]) {
                if (change == null || !scope.reachesRegime(change.regime)) {
                    continue;
                }
                if (change.synchronizedAt == 0) {
                    change.invalidatedEarly = true;
                } else {
                    change.invalidatedAt = machine.clock().now();
                    change.shared = scope.shared();
                    change.nxs = scope.nxs();
                }
            }
        }
    }

    /** A DSB of loads and stores: settles what the PE invalidated, or what another PE invalidated for it before. */
    public void completed(int pe, boolean shared, boolean nxs) {
        if ((waiting & 1L << pe) == 0) {
            return;
        }
        Change[] changes = open[pe];
        long left = 0;
        for (int i = 0; i < changes.length; i++) {
            Change change = changes[i];
            if (change != null && change.completedBy(shared, nxs)) {
                changes[i] = null;
            } else if (change != null) {
                left = 1L << pe;
            }
        }
        waiting = waiting & ~(1L << pe) | left;
    }

    /** The PE goes on to something that relies on its registers: a table update, a guest, the end of the run. */
    public void reliedOn(int pe) {
        if ((waiting & 1L << pe) == 0) {
            return;
        }
        judge(pe, INSIDE, false);
    }

    /** The PE enters a guest: what was changed for it from outside counts if its VMID is still the same (Refinement 9). */
    void guestEntered(int pe, int vmid) {
        if ((waiting & 1L << pe) != 0) {
            judge(pe, vmid, true);
        }
    }

    private void judge(int pe, int vmid, boolean entry) {
        Change[] changes = open[pe];
        long left = 0;
        for (int i = 0; i < changes.length; i++) {
            Change change = changes[i];
            if (change == null) {
                continue;
            }
            boolean outside = change.vmid != INSIDE;
            if (outside != entry) {
                left = 1L << pe;
                continue;
            }
            changes[i] = null;
            if (change.vmid == vmid) {
                report(change);
            }
        }
        waiting = waiting & ~(1L << pe) | left;
    }

    private void report(Change change) {
        RegisterWrite write = change.write;
        boolean control = switch (write.register()) {
            case SCTLR_EL1, SCTLR_EL2, HSCTLR, SCTLR -> true;
            default -> false;
        };
        Violation violation = machine.reporter()
                .report(
                        change.rule,
                        control ? Severity.WARNING : null,
                        new Reporter.Place(
                                Machine.name(change.regime),
                                "",
                                Reporter.NO_LEVEL,
                                write.pc(),
                                1L << write.pe(),
                                0,
                                0));
        if (violation != null) {
            String missing;
            if (change.invalidatedAt != 0) {
                missing = "the TLB invalidate that followed was not completed by a DSB";
            } else if (change.invalidatedEarly) {
                missing = "the TLB invalidate came before a context synchronisation";
            } else {
                missing = "no TLB invalidate of the regime followed";
            }
            violation
                    .before(change.old, "%s 0x%x".formatted(write.register(), change.old))
                    .after(write.value(), "%s 0x%x".formatted(write.register(), write.value()))
                    .message(
                            "%s was changed while PE%d may hold translations made with the old value, and %s",
                            write.register(), write.pe(), missing);
        }
    }

    /** The configuration a write made, if its regime is enabled now: illegal values are reported once each. */
    void configured(RegimeConfiguration configuration, int pe, long pc) {
        Set<ConfigurationAnomaly> anomalies = configuration.anomalies();
        if (anomalies.isEmpty()) {
            return;
        }
        for (ConfigurationAnomaly anomaly : ConfigurationAnomaly.values()) {
            if (!anomalies.contains(anomaly)) {
                continue;
            }
            if (anomaly == ConfigurationAnomaly.SHORT_DESCRIPTORS) {
                machine.reporter().notObservable(RuleId.BBM_OA, "PL1&0 uses short descriptors, which are not modelled");
                continue;
            }
            Violation violation = machine.reporter()
                    .report(
                            rule(anomaly, configuration),
                            null,
                            new Reporter.Place(
                                    Machine.name(configuration.regime()),
                                    anomaly.name(),
                                    Reporter.NO_LEVEL,
                                    pc,
                                    1L << pe,
                                    0,
                                    0));
            if (violation != null) {
                violation
                        .message("%s: %s", Machine.name(configuration.regime()), text(anomaly))
                        .evidence("anomaly", anomaly);
            }
        }
    }

    private static RuleId rule(ConfigurationAnomaly anomaly, RegimeConfiguration configuration) {
        if (anomaly == ConfigurationAnomaly.ROOT_MISALIGNED) {
            if (configuration.regime() == Regime.HYP) {
                return RuleId.A32_LVL;
            }
            boolean concatenated = configuration.regime().stage2()
                    && configuration.roots().stream().anyMatch(root -> root.tables() > 1);
            if (concatenated) {
                return RuleId.S2_CONC;
            }
        }
        return anomaly.ofRoot() ? RuleId.REG_TTBRFMT : RuleId.REG_TCR;
    }

    /** REG-CNP: PEs that share TLB entries walk the same tables. */
    void common(Tree tree, Regime regime, int index, int pe, long pc) {
        for (int other = 0; other < machine.peCount(); other++) {
            Tree theirs = machine.mayHold().walked(other, regime, index);
            if (other == pe || theirs == null || theirs.base() == tree.base()) {
                continue;
            }
            boolean same = theirs.space() == tree.space() && theirs.asid() == tree.asid();
            boolean theyShare = machine.pe(other).registers().configuration(regime).roots().stream()
                    .anyMatch(root -> root.index() == index && root.commonNotPrivate());
            if (same && theyShare) {
                Violation violation = report(RuleId.REG_CNP, regime, pe, pc);
                if (violation != null) {
                    violation.message(
                            "PE%d and PE%d set CnP under the same identifiers, with roots 0x%x and 0x%x",
                            pe, other, tree.base(), theirs.base());
                }
                return;
            }
        }
    }

    /** REG-WXN: the page the PE runs from is writable, or may be so in its TLB, when WXN takes execution away. */
    void writeExecuteNever(Tree tree, RegisterWrite write) {
        Leaf leaf = writable(tree, write.pc());
        if (leaf != null) {
            Violation violation = report(RuleId.REG_WXN, tree.space().regime(), write.pe(), write.pc());
            if (violation != null) {
                violation
                        .after(leaf.descriptor(), text(leaf))
                        .message("WXN is set at 0x%x, which is mapped writable: the next fetch faults", write.pc());
            }
            return;
        }
        for (Tree left : machine.mayHold().forest().trees()) {
            boolean held = left != tree && left.space() == tree.space() && (left.holders() & 1L << write.pe()) != 0;
            Leaf old = held ? writable(left, write.pc()) : null;
            if (old != null) {
                heldWritable(
                        tree, write, old.descriptor(), text(old), left.leftAt(), write.pe(), left.leftBy(), "the root");
                return;
            }
        }
        staleWritable(tree, write);
    }

    private @Nullable Leaf writable(Tree tree, long va) {
        Leaf leaf = Leaf.find(machine.mayHold().forest(), tree.root(), va);
        return leaf != null && tree.geometry().format().writable(leaf.descriptor()) ? leaf : null;
    }

    private static String text(Leaf leaf) {
        return Machine.text(leaf.slice().tree().geometry(), leaf.slice().level(), leaf.descriptor());
    }

    private void staleWritable(Tree tree, RegisterWrite write) {
        VersionStore versions = machine.mayHold().versions();
        for (int level = -1; level <= 3; level++) {
            if (tree.space().staleVersions(level) == 0) {
                continue;
            }
            long first = write.pc() & -(1L << tree.geometry().shift(level));
            for (int v = versions.find(tree.space(), level, first); v >= 0; v = versions.findNext(v)) {
                Geometry geometry = versions.tree(v).geometry();
                if (!versions.isTable(v)
                        && (versions.holders(v) & 1L << write.pe()) != 0
                        && geometry.format().writable(versions.descriptor(v))) {
                    heldWritable(
                            tree,
                            write,
                            versions.descriptor(v),
                            Machine.text(geometry, level, versions.descriptor(v)),
                            versions.bornAt(v),
                            versions.writer(v),
                            versions.bornPc(v),
                            "the descriptor");
                    return;
                }
            }
        }
    }

    private void heldWritable(
            Tree tree, RegisterWrite write, long old, String text, long time, int writer, long pc, String what) {
        Violation violation = report(RuleId.REG_WXN, tree.space().regime(), write.pe(), write.pc());
        if (violation != null) {
            violation
                    .before(old, text)
                    .because(time, writer, pc, "%s was replaced, and no TLB invalidate completed since", what)
                    .message(
                            "WXN is set at 0x%x, which the TLB may still hold as writable: the next fetch may fault",
                            write.pc());
        }
    }

    /** REG-EE: walks read the tables byte-reversed although every store of the run was little-endian. */
    void byteOrder(RegimeConfiguration configuration, RegisterWrite write) {
        if (!configuration.bigEndian()) {
            return;
        }
        Violation violation = report(RuleId.REG_EE, configuration.regime(), write.pe(), write.pc());
        if (violation != null) {
            violation.message("EE is set: walks read big-endian descriptors, but the tables were stored little-endian");
        }
    }

    private @Nullable Violation report(RuleId rule, Regime regime, int pe, long pc) {
        return machine.reporter()
                .report(
                        rule,
                        null,
                        new Reporter.Place(Machine.name(regime), "", Reporter.NO_LEVEL, pc, 1L << pe, 0, 0));
    }

    private static String text(ConfigurationAnomaly anomaly) {
        return switch (anomaly) {
            case INPUT_SIZE_OUT_OF_RANGE -> "TxSZ is outside the implemented range";
            case GRANULE_RESERVED -> "the granule field is reserved";
            case OUTPUT_SIZE_UNSUPPORTED -> "PS is reserved or larger than the implemented physical address size";
            case START_LEVEL_INCONSISTENT -> "SL0 does not fit T0SZ: every walk faults";
            case ROOT_MISALIGNED -> "the root address is not aligned to the size of the root";
            case ROOT_BEYOND_OUTPUT_SIZE -> "the root address lies beyond the output size";
            case ASID_WITHOUT_ASIDS -> "ASID bits are set in the TTBR of a regime without ASIDs";
            case ROOT_RESERVED_BITS -> "reserved bits are set in the TTBR";
            case SHORT_DESCRIPTORS -> "short descriptors";
        };
    }
}
