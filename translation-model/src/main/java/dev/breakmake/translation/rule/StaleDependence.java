package dev.breakmake.translation.rule;

import dev.breakmake.translation.descriptor.ChangeKind;
import dev.breakmake.translation.register.Regime;
import dev.breakmake.translation.tlb.MayHold;
import dev.breakmake.translation.tlb.Miss;
import dev.breakmake.translation.tlb.TableSlice;
import dev.breakmake.translation.tlb.TlbiLog;
import dev.breakmake.translation.tlb.Tree;
import dev.breakmake.translation.tlb.VersionStore;
import org.jspecify.annotations.Nullable;

/**
 * Says which rule a stale version breaks once something depends on it being gone: a new mapping of its addresses, a use, a reuse of
 * its memory, the end of the run. Local and early invalidates are legal by themselves, so nothing is said before that.
 */
public final class StaleDependence {
    private static final int MISSES = Miss.values().length;

    private final Machine machine;

    /** Judges the versions of a machine. */
    public StaleDependence(Machine machine) {
        this.machine = machine;
    }

    /** Break-before-make rule for a mask of {@link ChangeKind}s, most severe difference first; one of them needs a break. */
    private static RuleId breakRule(int mask) {
        if ((mask & ChangeKind.TABLE_ADDRESS.mask()) != 0) {
            return RuleId.BBM_TBL;
        }
        if ((mask & ChangeKind.OUTPUT_ADDRESS.mask()) != 0) {
            return RuleId.BBM_OA;
        }
        if ((mask & ChangeKind.SIZE.mask()) != 0) {
            return RuleId.BBM_SIZE;
        }
        if ((mask & (ChangeKind.MEMORY_TYPE.mask() | ChangeKind.SHAREABILITY.mask())) != 0) {
            return RuleId.BBM_TYPE;
        }
        if ((mask & ChangeKind.CONTIGUOUS.mask()) != 0) {
            return RuleId.BBM_CONT;
        }
        return RuleId.BBM_NG;
    }

    /**
     * A new descriptor is written while an incompatible version may be held.
     *
     * @param version the held version
     * @param mask what differs, as {@link ChangeKind} mask
     * @param slice where the new one stands
     * @param fresh the new descriptor
     * @param direct whether the same store replaced the version: nothing was broken first
     */
    void made(int version, int mask, TableSlice slice, long input, long fresh, boolean direct, int pe, long pc) {
        RuleId breakRule = breakRule(mask);
        VersionStore versions = machine.mayHold().versions();
        if (versions.reported(version)) {
            return;
        }
        versions.markReported(version);
        Tree tree = slice.tree();
        long pes = versions.holders(version) & tree.holders();
        int near = direct ? -1 : nearestMiss(version);
        RuleId rule = near < 0 ? breakRule : rule(near, version, pe);
        Severity grade = grade(breakRule, pes);
        Violation violation =
                machine.reporter().report(rule, grade, Machine.place(tree, slice.level(), pc, pes, input));
        if (violation == null) {
            return;
        }
        violation.after(fresh, Machine.text(tree.geometry(), slice.level(), fresh));
        describe(violation, version, near, pes);
        violation.evidence("sharing", Long.bitCount(pes) > 1 ? "shared" : "single-PE");
        if (direct) {
            violation.message(
                    "a live %s was replaced without break-before-make; %s may hold both",
                    what(version), Machine.pes(pes));
        } else {
            violation.message(
                    "a new mapping was made at input address 0x%x while %s may still hold the old %s%s",
                    input,
                    Machine.pes(pes),
                    what(version),
                    near < 0
                            ? ": it was never invalidated"
                            : ": " + reason(machine.mayHold().missOf(near, version)));
        }
    }

    /** The version is depended on in another way; {@code base} is the rule if no invalidate came close. */
    void dependedOn(int version, RuleId base, @Nullable Severity grade, long pes, long pc, String message) {
        VersionStore versions = machine.mayHold().versions();
        if (versions.reported(version)) {
            return;
        }
        versions.markReported(version);
        int near = nearestMiss(version);
        RuleId rule = near < 0
                ? base
                : rule(near, version, machine.mayHold().versions().writer(version));
        Tree tree = versions.tree(version);
        Violation violation = machine.reporter()
                .report(rule, grade, Machine.place(tree, versions.level(version), pc, pes, versions.input(version)));
        if (violation == null) {
            return;
        }
        describe(violation, version, near, pes);
        long now = machine.mayHold().memory().word(versions.location(version));
        violation.after(now, Machine.text(tree.geometry(), versions.level(version), now));
        violation.message(
                "%s: %s may still hold the old %s%s",
                message,
                Machine.pes(pes),
                what(version),
                near < 0
                        ? ", which was never invalidated"
                        : ", " + reason(machine.mayHold().missOf(near, version)));
    }

    private String what(int version) {
        VersionStore versions = machine.mayHold().versions();
        return Machine.text(versions.tree(version).geometry(), versions.level(version), versions.descriptor(version));
    }

    private void describe(Violation violation, int version, int near, long pes) {
        VersionStore versions = machine.mayHold().versions();
        violation.before(versions.descriptor(version), what(version));
        violation.because(
                versions.bornAt(version),
                versions.writer(version),
                versions.bornPc(version),
                "descriptor at 0x%x replaced; its old value is stale on %s since",
                versions.location(version),
                Machine.pes(pes));
        if (near >= 0) {
            TlbiLog log = machine.mayHold().log();
            violation.because(
                    log.time(near),
                    log.pe(near),
                    log.pc(near),
                    "%s%s 0x%x on PE%d: %s",
                    log.operation(near),
                    log.shared(near) ? "IS" : "",
                    log.operand(near),
                    log.pe(near),
                    reason(machine.mayHold().missOf(near, version)));
        }
    }

    /** Age in the log of the invalidate that came closest to ending the version, or -1. */
    private int nearestMiss(int version) {
        MayHold mayHold = machine.mayHold();
        TlbiLog log = mayHold.log();
        VersionStore versions = mayHold.versions();
        int best = -1;
        int bestRank = Integer.MAX_VALUE;
        for (int age = 0; age < log.size() && log.time(age) > versions.bornAt(version); age++) {
            Miss miss = mayHold.missOf(age, version);
            int rank = rank(miss, log.pe(age) == versions.writer(version));
            if (rank < bestRank) {
                best = age;
                bestRank = rank;
            }
        }
        return best;
    }

    /** The storing PE's own near misses tell most, then those of other PEs, then what else the storing PE did. */
    private static int rank(Miss miss, boolean byWriter) {
        boolean near = miss.compareTo(Miss.LEVEL_HINT) <= 0;
        if (!near && !byWriter) {
            return Integer.MAX_VALUE;
        }
        return miss.ordinal() + (near ? byWriter ? 0 : MISSES : 2 * MISSES);
    }

    private @Nullable Severity grade(RuleId breakRule, long pes) {
        boolean relaxed = (breakRule == RuleId.BBM_SIZE || breakRule == RuleId.BBM_CONT)
                && machine.header().bbmLevel() >= 1;
        boolean single = Long.bitCount(pes) <= 1 && machine.profile().singlePeIsWarning();
        return relaxed || single ? Severity.WARNING : null;
    }

    private RuleId rule(int near, int version, int pe) {
        MayHold mayHold = machine.mayHold();
        Miss miss = mayHold.missOf(near, version);
        boolean split = switch (mayHold.log().operation(near)) {
            case ITLBIALL, ITLBIMVA, ITLBIASID, DTLBIALL, DTLBIMVA, DTLBIASID -> true;
            default -> false;
        };
        if (split) {
            return RuleId.A32_ASM;
        }
        Tree tree = mayHold.versions().tree(version);
        boolean privateRoots = tree.space().regime() == Regime.HYP && (tree.walkers() & 1L << pe) == 0;
        if (miss == Miss.LOCAL && privateRoots) {
            return RuleId.A32_PERCPU;
        }
        return switch (miss) {
            case UNORDERED -> RuleId.TLB_DSB1;
            case INCOMPLETE -> RuleId.TLB_DSB2;
            case LOCAL -> RuleId.TLB_SCOPE;
            case STAGE2_ONLY -> RuleId.S2_SEQ;
            case LAST_LEVEL -> RuleId.TLB_LAST;
            case LEVEL_HINT, ADDRESS -> RuleId.TLB_VA;
            case IDENTIFIER -> RuleId.TLB_ID;
            case SUBTREE -> RuleId.TLB_SUBTREE;
            case REGIME -> RuleId.TLB_REGIME;
        };
    }

    private static String reason(Miss miss) {
        return switch (miss) {
            case UNORDERED -> "no DSB of the storing PE stands between the store and the invalidate";
            case INCOMPLETE -> "the invalidate is not completed by a DSB of its PE that is wide enough";
            case LOCAL -> "the invalidate was local to its own PE";
            case STAGE2_ONLY -> "the invalidate by IPA leaves combined stage 1 and 2 entries";
            case LAST_LEVEL -> "a last-level invalidate leaves table descriptors";
            case LEVEL_HINT -> "the level hint of the invalidate names another level";
            case IDENTIFIER -> "the invalidate applied to another VMID or ASID";
            case SUBTREE -> "only one address below the broken table was invalidated";
            case ADDRESS -> "the invalidate covers other addresses";
            case REGIME -> "the invalidate is of another regime";
        };
    }
}
