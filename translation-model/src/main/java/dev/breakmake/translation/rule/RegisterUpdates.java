package dev.breakmake.translation.rule;

import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.Capability;
import dev.breakmake.translation.event.ExceptionLevel;
import dev.breakmake.translation.event.RegisterWrite;
import dev.breakmake.translation.event.TranslationUse;
import dev.breakmake.translation.register.Regime;
import dev.breakmake.translation.register.RegimeConfiguration;
import dev.breakmake.translation.register.RegisterFile;
import dev.breakmake.translation.register.SystemControl;
import dev.breakmake.translation.register.TranslationRoot;
import dev.breakmake.translation.tlb.MayHold;
import dev.breakmake.translation.tlb.Tree;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Follows the system registers: which trees each PE walks, under which identifiers, and what a change of them means. */
final class RegisterUpdates {
    private static final List<Regime> AARCH64 = List.of(Regime.EL2, Regime.EL2_0, Regime.EL1_0, Regime.STAGE2);
    private static final List<Regime> AARCH32 = List.of(Regime.HYP, Regime.PL1_0, Regime.STAGE2);

    private final Machine machine;
    private final MayHold mayHold;
    private final ControlRegisters control;
    private final MmuSwitch mmu;
    private final OtherRoots roots;
    private final BreakBeforeMake breakBeforeMake;
    private final Coherency coherency;
    private final GuestContext guests;
    private final Encodings encodings;
    private final List<Regime> regimes;
    private final boolean guestAlwaysInContext;

    RegisterUpdates(
            Machine machine,
            ControlRegisters control,
            MmuSwitch mmu,
            OtherRoots roots,
            BreakBeforeMake breakBeforeMake,
            Coherency coherency,
            GuestContext guests,
            Encodings encodings) {
        this.machine = machine;
        this.mayHold = machine.mayHold();
        this.control = control;
        this.mmu = mmu;
        this.roots = roots;
        this.breakBeforeMake = breakBeforeMake;
        this.coherency = coherency;
        this.guests = guests;
        this.encodings = encodings;
        regimes = machine.header().architecture() == Architecture.AARCH32 ? AARCH32 : AARCH64;
        // A trace that starts mid-life does not say when guests ran before.
        guestAlwaysInContext = !machine.sees(Capability.SETUP);
    }

    void written(RegisterWrite write, long now) {
        PeModel pe = machine.pe(write.pe());
        long old = pe.registers().value(write.register());
        RegisterFile file = pe.registers();
        int vmidBefore = file.vmid();
        boolean known = file.known(write.register());
        Before[] before = new Before[regimes.size()];
        for (int i = 0; i < before.length; i++) {
            before[i] = Before.of(file, regimes.get(i));
        }
        pe.written(write.register(), write.value(), now, write.pc());
        for (int i = 0; i < before.length; i++) {
            Regime regime = regimes.get(i);
            // What a register was before its first write is unknown, as is what a TLB holds that was made with it.
            if (known && concerns(write, regime)) {
                boolean outside = guest(regime) && write.el() == ExceptionLevel.EL2 && !guestAlwaysInContext;
                boolean enabled = before[i].enabled() && (!outside || guests.ranUnder(write.pe(), vmidBefore));
                control.written(write, old, regime, enabled, outside ? vmidBefore : ControlRegisters.INSIDE);
            }
            if (!before[i].enabled() && !file.enabled(regime)) {
                continue;
            }
            RegimeConfiguration after = file.configuration(regime);
            RegimeConfiguration configured = before[i].configuration();
            if (configured != null) {
                commonChanged(write, configured, after);
            }
            if (!after.equals(configured)) {
                update(write.pe(), regime, before[i], after, write, write.pc(), now);
            }
        }
        guestMoved(write, before[before.length - 1], now);
        guests.written(write, old, vmidBefore);
        pe.vmid(file.vmid(), false);
    }

    /**
     * A regime before a register was written.
     *
     * @param control its control register
     * @param configuration what its registers said if it was on; a regime that is off translates nothing, whatever they say
     */
    private record Before(SystemControl control, @Nullable RegimeConfiguration configuration) {

        static Before of(RegisterFile file, Regime regime) {
            return new Before(file.control(regime), file.enabled(regime) ? file.configuration(regime) : null);
        }

        boolean enabled() {
            return configuration != null;
        }
    }

    /** Stage 2 changed under a guest that is in context: its tables lie elsewhere from now on. */
    private void guestMoved(RegisterWrite write, Before stage2Before, long now) {
        RegisterFile file = machine.pe(write.pe()).registers();
        boolean off = !stage2Before.enabled() && !file.enabled(Regime.STAGE2);
        if (off || file.configuration(Regime.STAGE2).equals(stage2Before.configuration())) {
            return;
        }
        for (Regime regime : regimes) {
            if (guest(regime) && regime != Regime.STAGE2 && file.enabled(regime)) {
                Before unchanged = Before.of(file, regime);
                update(write.pe(), regime, unchanged, file.configuration(regime), write, write.pc(), now);
            }
        }
    }

    /** CnP may be held with the entries of a root: a change of it alone wants an invalidate as the other cached fields do. */
    private void commonChanged(RegisterWrite write, RegimeConfiguration before, RegimeConfiguration after) {
        for (int index = 0; index < 2; index++) {
            TranslationRoot old = root(before, index);
            TranslationRoot now = root(after, index);
            if (after.enabled()
                    && old != null
                    && now != null
                    && old.base() == now.base()
                    && before.asid() == after.asid()
                    && before.vmid() == after.vmid()
                    && old.commonNotPrivate() != now.commonNotPrivate()
                    && mayHold.walked(write.pe(), after.regime(), index) != null) {
                control.commonChanged(write, after.regime());
            }
        }
    }

    private static boolean concerns(RegisterWrite write, Regime regime) {
        return switch (write.register()) {
            case SCTLR_EL2, TCR_EL2, MAIR_EL2 -> regime == Regime.EL2 || regime == Regime.EL2_0;
            case SCTLR_EL1, TCR_EL1, MAIR_EL1 -> regime == Regime.EL1_0;
            case VTCR_EL2, VTCR -> regime == Regime.STAGE2;
            case HSCTLR, HTCR, HMAIR0, HMAIR1 -> regime == Regime.HYP;
            case SCTLR, TTBCR, MAIR0, MAIR1 -> regime == Regime.PL1_0;
            default -> false;
        };
    }

    /** The PE changed its exception level: guest regimes come into or go out of context. */
    void levelChanged(int pe, long pc) {
        PeModel model = machine.pe(pe);
        if (model.level() == ExceptionLevel.EL1 || model.level() == ExceptionLevel.EL0) {
            guests.entered(pe, pc);
            control.guestEntered(pe, model.registers().vmid());
        }
        for (Regime regime : regimes) {
            if (guest(regime)) {
                update(
                        pe,
                        regime,
                        Before.of(model.registers(), regime),
                        model.registers().configuration(regime),
                        null,
                        0,
                        machine.clock().now());
            }
        }
        // Exception entry and return synchronise the context themselves.
        mayHold.left(pe, machine.clock().now());
    }

    static boolean guest(Regime regime) {
        return regime == Regime.EL1_0 || regime == Regime.PL1_0 || regime == Regime.STAGE2;
    }

    private boolean inContext(int pe, Regime regime) {
        if (!guest(regime) || guestAlwaysInContext) {
            return true;
        }
        ExceptionLevel level = machine.pe(pe).level();
        return level == ExceptionLevel.EL1 || level == ExceptionLevel.EL0;
    }

    private void update(
            int pe,
            Regime regime,
            Before before,
            RegimeConfiguration after,
            @Nullable RegisterWrite write,
            long pc,
            long now) {
        PeModel model = machine.pe(pe);
        boolean on = after.enabled() && inContext(pe, regime);
        boolean nested =
                guest(regime) && regime != Regime.STAGE2 && model.registers().enabled(Regime.STAGE2);
        RegimeConfiguration second = nested ? model.registers().configuration(Regime.STAGE2) : null;
        TranslationRoot under = second == null ? null : root(second, 0);
        boolean modelled = !nested || under != null;
        boolean turnedOn = after.enabled() && !before.enabled();
        boolean turnedOff = !after.enabled() && before.enabled();
        if (after.enabled()) {
            control.configured(after, pe, pc);
        }
        Tree left = mayHold.walked(pe, regime, 0);
        boolean unreadable = nested && on;
        Tree stage2 = on && second != null && under != null ? mayHold.tree(second, under) : null;
        for (int index = 0; index < 2; index++) {
            TranslationRoot root = root(after, index);
            Tree walked = mayHold.walked(pe, regime, index);
            Tree tree = on && modelled && root != null ? mayHold.tree(after, root, stage2) : null;
            unreadable &= tree == null || tree.root() == null;
            boolean first = tree != null && !tree.everWalked();
            boolean changed = mayHold.walk(pe, regime, index, tree, now, pc);
            if (tree != null && first && guest(regime) && machine.sees(Capability.SETUP)) {
                encodings.enabled(tree, pe, pc);
            }
            if (changed && tree != null && root != null && root.commonNotPrivate()) {
                control.common(tree, regime, index, pe, pc);
            }
            if (changed && tree != null && (walked != null || regime == Regime.STAGE2)) {
                roots.entered(tree, pe, pc);
            }
            if (changed && tree != null) {
                breakBeforeMake.entered(tree, pe);
            }
        }
        if (unreadable) {
            machine.reporter()
                    .notObservable(
                            RuleId.BBM_NG,
                            "guest stage 1 tables lie at intermediate addresses that no stage 2 entry of the trace translates");
        }
        model.enabled(regime, after.enabled(), now);
        if (guest(regime) || write == null) {
            return;
        }
        Tree entered = mayHold.walked(pe, regime, 0);
        if (entered != null && after.writeExecuteNever() && !before.control().writeExecuteNever()) {
            control.writeExecuteNever(entered, write);
        }
        if (entered != null
                && !turnedOn
                && after.bigEndian() != before.control().bigEndian()) {
            control.byteOrder(after, write);
        }
        if (turnedOn && entered != null) {
            mmu.enabled(write, regime, entered);
            if (machine.sees(Capability.SETUP)) {
                coherency.enabled(write, entered);
                encodings.enabled(entered, pe, pc);
            }
            control.byteOrder(after, write);
        } else if (turnedOff && left != null) {
            mmu.disabled(write, left);
        }
    }

    private static @Nullable TranslationRoot root(RegimeConfiguration configuration, int index) {
        List<TranslationRoot> roots = configuration.roots();
        for (int i = 0; i < roots.size(); i++) {
            TranslationRoot root = roots.get(i);
            if (root.index() == index) {
                return root;
            }
        }
        return null;
    }

    /** An AT instruction or the like walks a guest regime from EL2: what it finds may be cached. */
    void walkedFromOutside(TranslationUse use) {
        if (use.kind() != TranslationUse.Kind.WALK || !use.stage2() || inContext(use.pe(), Regime.STAGE2)) {
            return;
        }
        RegimeConfiguration configuration = machine.pe(use.pe()).registers().configuration(Regime.STAGE2);
        TranslationRoot root = root(configuration, 0);
        if (configuration.enabled() && root != null) {
            mayHold.mayHold(
                    use.pe(), mayHold.tree(configuration, root), machine.clock().now());
        }
    }
}
