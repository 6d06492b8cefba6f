package dev.breakmake.translation.rule;

import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.ExceptionLevel;
import dev.breakmake.translation.event.RegisterWrite;
import dev.breakmake.translation.event.TranslationRegister;
import dev.breakmake.translation.event.TranslationUse;
import dev.breakmake.translation.register.HypervisorConfiguration;
import dev.breakmake.translation.register.Regime;
import dev.breakmake.translation.tlb.Scope;
import java.util.Arrays;

/** S2-CTX, S2-CPU, REG-HCRVM, REG-VMID at reset: what a hypervisor changes between two runs of a guest. */
public final class GuestContext {
    private static final long BASE = 0xffff_ffff_fffeL;

    /** Per PE: whether stage 2 was on when the guest last ran, and whether its TLB entries may still be there. */
    private final boolean[] stage2Before;

    private final boolean[] ranBefore;
    private final long[] stage2ToggledBy;
    private final long[] otherCpu;
    private final long[] otherCpuBy;
    private final int[] lastVmid;
    private final Machine machine;

    /** Judges the guests of a machine. */
    public GuestContext(Machine machine) {
        this.machine = machine;
        int pes = machine.peCount();
        stage2Before = new boolean[pes];
        ranBefore = new boolean[pes];
        stage2ToggledBy = new long[pes];
        otherCpu = new long[pes];
        otherCpuBy = new long[pes];
        lastVmid = new int[pes];
        Arrays.fill(lastVmid, -1);
    }

    /** Whether the guest that last ran on a PE had that VMID. */
    boolean ranUnder(int pe, int vmid) {
        return lastVmid[pe] == vmid;
    }

    /** A register was written; {@code old} is what it was. */
    void written(RegisterWrite write, long old, int vmidBefore) {
        int pe = write.pe();
        boolean atHypervisor = write.el() == ExceptionLevel.EL2;
        switch (write.register()) {
            case HCR_EL2, HCR -> {
                if (((old ^ write.value()) & 1) != 0) {
                    stage2ToggledBy[pe] = write.pc();
                }
            }
            case TTBR0_EL1, TTBR1_EL1, TTBR0, TTBR1 -> {
                boolean sameAsid = (old ^ write.value()) >>> 48 == 0;
                boolean otherTables = ((old ^ write.value()) & BASE) != 0;
                if (atHypervisor && sameAsid && otherTables && (old & BASE) != 0 && lastVmid[pe] == vmidBefore) {
                    otherCpu[pe] = machine.clock().now();
                    otherCpuBy[pe] = write.pc();
                }
            }
            default -> {}
        }
    }

    /** An invalidate. */
    void invalidated(Scope scope) {
        int pe = scope.pe();
        boolean uncertain = machine.pe(pe).maintenanceVmid() < 0;
        if (uncertain && scope.usesCurrentVmid()) {
            Violation violation = machine.reporter().report(RuleId.S2_CTX, null, place(scope.pc(), pe));
            if (violation != null) {
                TranslationRegister register = root();
                violation
                        .message(
                                "TLBI %s depends on the VMID, but no context synchronisation followed the write of %s",
                                scope.operation(), register)
                        .because(
                                machine.pe(pe).writtenAt(register),
                                pe,
                                machine.pe(pe).writtenBy(register),
                                "%s written",
                                register);
            }
        }
        if (scope.wholeRegime() && scope.reachesRegime(Regime.EL1_0)) {
            otherCpu[pe] = 0;
            if (scope.reachesRegime(Regime.STAGE2)) {
                ranBefore[pe] = false;
            }
        }
    }

    private TranslationRegister root() {
        return machine.header().architecture() == Architecture.AARCH32
                ? TranslationRegister.VTTBR
                : TranslationRegister.VTTBR_EL2;
    }

    /** An AT instruction (or the like) walked stage 2 from outside. */
    void walked(TranslationUse use) {
        if (use.kind() == TranslationUse.Kind.WALK
                && use.stage2()
                && use.el() == ExceptionLevel.EL2
                && machine.pe(use.pe()).maintenanceVmid() < 0) {
            Violation violation = machine.reporter().report(RuleId.S2_CTX, null, place(use.pc(), use.pe()));
            if (violation != null) {
                violation.message(
                        "an address is translated through stage 2 although no context synchronisation followed the write of %s",
                        root());
            }
        }
    }

    /** The PE enters a guest. */
    void entered(int pe, long pc) {
        PeModel model = machine.pe(pe);
        int vmid = model.registers().vmid();
        boolean stage2 = model.enabled(Regime.STAGE2);
        if (ranBefore[pe] && stage2Before[pe] != stage2 && lastVmid[pe] == vmid) {
            Violation violation = machine.reporter().report(RuleId.REG_HCRVM, null, place(stage2ToggledBy[pe], pe));
            if (violation != null) {
                violation.message(
                        "HCR.VM was toggled and the guest is entered under the same VMID %d without a TLB invalidate",
                        vmid);
            }
        }
        ranBefore[pe] = true;
        stage2Before[pe] = stage2;
        boolean forcedBroadcast = new HypervisorConfiguration(model.registers()
                        .value(
                                machine.header().architecture() == Architecture.AARCH32
                                        ? TranslationRegister.HCR
                                        : TranslationRegister.HCR_EL2))
                .forceBroadcast();
        if (otherCpu[pe] != 0 && lastVmid[pe] == vmid && !forcedBroadcast) {
            Violation violation = machine.reporter().report(RuleId.S2_CPU, null, place(otherCpuBy[pe], pe));
            if (violation != null) {
                violation.message(
                        "another virtual CPU of VMID %d runs on PE%d with other stage 1 tables under the same ASID, without FB and without a local TLB invalidate",
                        vmid, pe);
            }
        }
        otherCpu[pe] = 0;
        if (stage2 && !model.registers().known(root())) {
            Violation violation = machine.reporter().report(RuleId.REG_VMID, null, place(pc, pe));
            if (violation != null) {
                violation.message("a guest is entered with stage 2 on, but the VMID was never written: it is UNKNOWN");
            }
        }
        lastVmid[pe] = vmid;
    }

    private static Reporter.Place place(long pc, int pe) {
        return new Reporter.Place(Machine.name(Regime.STAGE2), "", Reporter.NO_LEVEL, pc, 1L << pe, 0, 0);
    }
}
