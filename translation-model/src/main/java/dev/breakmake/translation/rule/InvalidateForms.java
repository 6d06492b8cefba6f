package dev.breakmake.translation.rule;

import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.ExceptionLevel;
import dev.breakmake.translation.event.ExceptionTaken;
import dev.breakmake.translation.event.TlbInvalidate;
import dev.breakmake.translation.event.TranslationRegister;
import dev.breakmake.translation.register.Granule;
import dev.breakmake.translation.register.Regime;
import dev.breakmake.translation.tlb.Scope;
import dev.breakmake.translation.tlb.Tree;
import org.jspecify.annotations.Nullable;

/** TLB-REGIME, TLB-GRAN, TLB-CONFLICT, TLB-PERF, A32-V7OP, A32-HIWORD: invalidates that are wrong by their form alone. */
public final class InvalidateForms {
    private static final int TLB_CONFLICT = 0x30;
    /** VA[55:32] of an operand by address. */
    private static final long HIGH_WORD = 0xfff_fff0_0000L;
    /** HCR_EL2.RW. */
    private static final long GUEST_AARCH64 = 1L << 31;

    private static final Regime[] REGIMES = Regime.values();

    private final Machine machine;
    private final boolean[] conflict;
    private final boolean version7;

    /** Judges the invalidates of a machine. */
    public InvalidateForms(Machine machine) {
        this.machine = machine;
        conflict = new boolean[machine.peCount()];
        version7 = machine.header().architecture() == Architecture.AARCH32 && isVersion7();
    }

    /** Whether the main identification register names an ARMv7 core with the Virtualization Extensions. */
    private boolean isVersion7() {
        Long midr = machine.header().idRegisters().get("MIDR_EL1");
        Long own = machine.header().idRegisters().get("MIDR");
        long value = own != null ? own : midr == null ? 0 : midr;
        int part = (int) (value >>> 4) & 0xfff;
        return (value >>> 24 & 0xff) == 0x41 && (part == 0xc07 || part == 0xc0d || part == 0xc0e || part == 0xc0f);
    }

    /** An abort. */
    void exception(ExceptionTaken exception) {
        if (((int) exception.syndrome() & 0x3f) == TLB_CONFLICT && exception.faultAddress() != 0) {
            conflict[exception.pe()] = true;
        }
    }

    /** An invalidate; {@code matched} is the number of stale versions it reached. */
    void invalidated(TlbInvalidate event, Scope scope, int matched) {
        int pe = event.pe();
        boolean guest = event.el() == ExceptionLevel.EL1 || event.el() == ExceptionLevel.EL0;
        if (guest && (scope.reachesRegime(Regime.STAGE2) || scope.reachesRegime(Regime.EL2))) {
            report(RuleId.TLB_REGIME, event, "TLBI %s is undefined at %s", event.operation(), event.el());
        }
        if (version7) {
            switch (event.operation()) {
                case TLBIMVALH, TLBIMVAL, TLBIMVAAL, TLBIIPAS2, TLBIIPAS2L ->
                    report(RuleId.A32_V7OP, event, "%s does not exist on this ARMv7 core", event.operation());
                default -> {}
            }
        }
        if (highWord(event)) {
            report(
                    RuleId.A32_HIWORD,
                    event,
                    "%s names address bits above 32 (operand 0x%x) for an AArch32 guest, whose addresses have none",
                    event.operation(),
                    event.operand());
        }
        if (conflict[pe] && scope.byAddress()) {
            conflict[pe] = false;
            report(
                    RuleId.TLB_CONFLICT,
                    event,
                    "a TLB conflict abort is answered with an invalidate by address (%s)",
                    event.operation());
        } else if (scope.wholeRegime()) {
            conflict[pe] = false;
        }
        if (scope.byAddress() && scope.shared()) {
            granules(event, scope);
        }
        if (scope.byAddress() && matched == 0) {
            report(
                    RuleId.TLB_PERF,
                    event,
                    "nothing stale is known in the range that %s invalidates",
                    event.operation());
        }
    }

    /** Whether an AArch64 hypervisor names an address that the EL1&amp;0 regime of its AArch32 guest does not have (RFGPTT). */
    private boolean highWord(TlbInvalidate event) {
        boolean stage1 = switch (event.operation()) {
            case VAE1, VALE1, VAAE1, VAALE1 -> true;
            default -> false;
        };
        return stage1
                && (event.operand() & HIGH_WORD) != 0
                && event.el() == ExceptionLevel.EL2
                && machine.header().architecture() == Architecture.AARCH64
                && !machine.hostRegime(event.pe())
                && machine.pe(event.pe()).registers().known(TranslationRegister.HCR_EL2)
                && (machine.pe(event.pe()).registers().value(TranslationRegister.HCR_EL2) & GUEST_AARCH64) == 0;
    }

    private void granules(TlbInvalidate event, Scope scope) {
        Granule seen = null;
        for (int pe = 0; pe < machine.peCount(); pe++) {
            Granule granule = granule(pe, scope);
            if (granule != null && seen != null && granule != seen) {
                report(
                        RuleId.TLB_GRAN,
                        event,
                        "%s is broadcast by address, but PEs use granules of %s and %s",
                        event.operation(),
                        seen,
                        granule);
                return;
            }
            seen = granule == null ? seen : granule;
        }
    }

    private @Nullable Granule granule(int pe, Scope scope) {
        for (Regime regime : REGIMES) {
            Tree tree = scope.reachesRegime(regime) ? machine.mayHold().walked(pe, regime, 0) : null;
            if (tree != null) {
                return tree.geometry().granule();
            }
        }
        return null;
    }

    private void report(RuleId rule, TlbInvalidate event, String format, Object... arguments) {
        Violation violation = machine.reporter()
                .report(rule, null, new Reporter.Place("", "", Reporter.NO_LEVEL, event.pc(), 1L << event.pe(), 0, 0));
        if (violation != null) {
            violation.message(format, arguments);
        }
    }
}
