package dev.breakmake.translation.rule;

import dev.breakmake.translation.descriptor.Permissions;
import dev.breakmake.translation.event.Capability;
import dev.breakmake.translation.event.RegisterWrite;
import dev.breakmake.translation.event.TranslationRegister;
import dev.breakmake.translation.event.TranslationUse;
import dev.breakmake.translation.register.Regime;
import dev.breakmake.translation.tlb.PeTimeline;
import dev.breakmake.translation.tlb.Scope;
import dev.breakmake.translation.tlb.Tree;
import java.util.Arrays;

/** MMU-STALE, MMU-DSB, MMU-IDPC, MMU-IDX, REG-ISB: what must hold when a PE turns its own translation on or off. */
public final class MmuSwitch {
    private static final long CLEAN = -1;

    private final Machine machine;
    /** Time since when the PE's TLB may hold anything, CLEAN if it was invalidated since. */
    private final long[] unknownSince;
    /** Set when M went off: unknown from the next context synchronisation on. */
    private final boolean[] offPending;

    private final long[] invalidatedAt;
    private final boolean[] invalidatedShared;
    private final boolean[] invalidatedNxs;
    private final boolean[] enabledBefore;
    private final long[] lastInvalidate;

    /** Judges the switches of a machine. */
    public MmuSwitch(Machine machine) {
        this.machine = machine;
        int pes = machine.peCount();
        unknownSince = new long[pes];
        offPending = new boolean[pes];
        invalidatedAt = new long[pes];
        invalidatedShared = new boolean[pes];
        invalidatedNxs = new boolean[pes];
        enabledBefore = new boolean[pes];
        lastInvalidate = new long[pes];
        boolean unknown = machine.header().handOver().tlbUnknown() && machine.sees(Capability.SETUP);
        Arrays.fill(unknownSince, unknown ? 0 : CLEAN);
    }

    /** The PE came out of reset. */
    public void reset(int pe) {
        if (machine.header().handOver().tlbUnknown() && machine.sees(Capability.SETUP)) {
            unknownSince[pe] = machine.clock().now();
        }
        invalidatedAt[pe] = 0;
        offPending[pe] = false;
    }

    /** A context synchronisation. */
    public void synchronize(int pe) {
        if (offPending[pe]) {
            offPending[pe] = false;
            unknownSince[pe] = machine.clock().now();
            invalidatedAt[pe] = 0;
        }
    }

    /** An invalidate. */
    public void invalidated(Scope scope) {
        if (!scope.wholeRegime() || !scope.reachesRegime(Regime.EL2)) {
            return;
        }
        // What another PE broadcasts does not count: nothing orders it after this PE's reset.
        int pe = scope.pe();
        lastInvalidate[pe] = scope.time();
        if (unknownSince[pe] != CLEAN && !offPending[pe]) {
            invalidatedAt[pe] = scope.time();
            invalidatedShared[pe] = scope.shared();
            invalidatedNxs[pe] = scope.nxs();
        }
    }

    /** A DSB of loads and stores. */
    public void completed(int pe, boolean shared, boolean nxs) {
        if (invalidatedAt[pe] != 0 && (shared || !invalidatedShared[pe]) && (invalidatedNxs[pe] || !nxs)) {
            unknownSince[pe] = CLEAN;
            invalidatedAt[pe] = 0;
        }
    }

    /** The PE's own regime goes on with this tree. */
    void enabled(RegisterWrite write, Regime regime, Tree tree) {
        int pe = write.pe();
        boolean first = !enabledBefore[pe];
        enabledBefore[pe] = true;
        if (!machine.sees(Capability.SETUP) && first) {
            return;
        }
        stale(write, regime);
        registersSynchronized(write, regime);
        tablesComplete(write, tree);
        identity(write, tree, true);
    }

    /** The PE's own regime goes off. */
    void disabled(RegisterWrite write, Tree tree) {
        offPending[write.pe()] = true;
        identity(write, tree, false);
    }

    private void stale(RegisterWrite write, Regime regime) {
        int pe = write.pe();
        if (unknownSince[pe] == CLEAN) {
            return;
        }
        boolean issued = invalidatedAt[pe] != 0;
        Violation violation = machine.reporter().report(RuleId.MMU_STALE, null, place(regime, write));
        if (violation != null) {
            String since = Clock.stepOf(unknownSince[pe]) == 0 && unknownSince[pe] <= 1
                    ? "hand-over"
                    : "step " + Clock.stepOf(unknownSince[pe]);
            violation
                    .message(
                            "PE%d turns its MMU on although its TLB may hold anything since %s: %s",
                            pe,
                            since,
                            issued
                                    ? "the TLB invalidate was not completed by a DSB"
                                    : "no TLB invalidate of the whole regime was executed")
                    .evidence("unknownSinceStep", Clock.stepOf(unknownSince[pe]));
        }
    }

    private void registersSynchronized(RegisterWrite write, Regime regime) {
        PeModel pe = machine.pe(write.pe());
        PeTimeline timeline = machine.mayHold().timeline(write.pe());
        TranslationRegister[] registers = regime == Regime.HYP
                ? new TranslationRegister[] {
                    TranslationRegister.HTTBR,
                    TranslationRegister.HTCR,
                    TranslationRegister.HMAIR0,
                    TranslationRegister.HMAIR1
                }
                : new TranslationRegister[] {
                    TranslationRegister.TTBR0_EL2, TranslationRegister.TCR_EL2, TranslationRegister.MAIR_EL2
                };
        for (TranslationRegister register : registers) {
            if (lastInvalidate[write.pe()] != 0 && pe.writtenAt(register) > lastInvalidate[write.pe()]) {
                Violation late = machine.reporter().report(RuleId.MMU_TLBILAST, null, place(regime, write));
                if (late != null) {
                    late.message("%s was written after the last TLB invalidate before the MMU is turned on", register);
                }
            }
            if (pe.writtenAt(register) > timeline.synchronizedAt()) {
                Violation violation = machine.reporter().report(RuleId.REG_ISB, null, place(regime, write));
                if (violation != null) {
                    violation
                            .message(
                                    "the MMU is turned on with no context synchronisation since %s was written",
                                    register)
                            .because(
                                    pe.writtenAt(register), write.pe(), pe.writtenBy(register), "%s written", register);
                }
                return;
            }
        }
    }

    /** REG-ISB: what only the translation explains is used before the write that turned it on is synchronised. */
    void used(TranslationUse use) {
        int pe = use.pe();
        Regime regime = machine.hypervisorRegime(pe);
        long enabledAt = machine.pe(pe).enabledAt(regime);
        if (use.level() < 0
                || use.stage2()
                || enabledAt == 0
                || !machine.pe(pe).enabled(regime)
                || machine.mayHold().timeline(pe).synchronizedAt() > enabledAt) {
            return;
        }
        Tree tree = machine.mayHold().walked(pe, regime, 0);
        Leaf leaf = tree == null ? null : Leaf.find(machine.mayHold().forest(), tree.root(), use.va());
        if (leaf == null || leaf.output(use.va()) == use.va()) {
            return;
        }
        Violation violation = machine.reporter()
                .report(
                        RuleId.REG_ISB,
                        null,
                        new Reporter.Place(
                                Machine.name(regime), "", Reporter.NO_LEVEL, use.pc(), 1L << pe, use.va(), 1));
        if (violation != null) {
            violation
                    .message(
                            "PE%d depends on its MMU at 0x%x with no context synchronisation since it was turned on",
                            pe, use.va())
                    .because(enabledAt, pe, use.pc(), "MMU turned on");
        }
    }

    private void tablesComplete(RegisterWrite write, Tree tree) {
        if (!machine.sees(Capability.STORE_ORDER)) {
            machine.reporter().notObservable(RuleId.MMU_DSB, "the backend does not see when table stores happened");
            return;
        }
        boolean[] told = new boolean[1];
        TreeWalk.visit(machine.mayHold().forest(), tree.root(), (slice, word, descriptor, leaf) -> {
            long stored = slice.frame().storedAt(word);
            if (stored != 0 && !told[0]) {
                int writer = slice.frame().storedBy(word);
                PeTimeline timeline = machine.mayHold().timeline(writer);
                long barrier = writer == write.pe() ? timeline.storeBarrier() : timeline.storeBarrierShared();
                if (barrier < stored) {
                    told[0] = true;
                    long pc = slice.frame().writer(word);
                    Violation violation = machine.reporter()
                            .report(
                                    RuleId.MMU_DSB,
                                    null,
                                    Machine.place(tree, slice.level(), pc, 1L << write.pe(), slice.input(word)));
                    if (violation != null) {
                        violation
                                .after(descriptor, Machine.text(tree.geometry(), slice.level(), descriptor))
                                .message(
                                        "PE%d turns its MMU on although no DSB completed the store of a descriptor it will walk",
                                        write.pe())
                                .because(
                                        stored,
                                        writer,
                                        pc,
                                        "descriptor at 0x%x written",
                                        slice.frame().address() + 8L * word);
                    }
                }
            }
            return !told[0];
        });
    }

    /** The instruction that toggles M, and those up to the next branch, are fetched under both translations. */
    private void identity(RegisterWrite write, Tree tree, boolean on) {
        Leaf leaf = Leaf.find(machine.mayHold().forest(), tree.root(), write.pc());
        if (leaf == null || leaf.output(write.pc()) != write.pc()) {
            Violation violation = machine.reporter()
                    .report(
                            RuleId.MMU_IDPC,
                            null,
                            new Reporter.Place(
                                    Machine.name(tree.geometry().regime()),
                                    "",
                                    Reporter.NO_LEVEL,
                                    write.pc(),
                                    1L << write.pe(),
                                    write.pc() & -4096L,
                                    4096));
            if (violation != null) {
                violation.message(
                        on
                                ? "the MMU is turned on at 0x%x, which the new tables %s"
                                : "the MMU is turned off at 0x%x, which the tables %s",
                        write.pc(),
                        leaf == null ? "do not map" : "map to 0x%x".formatted(leaf.output(write.pc())));
            }
            return;
        }
        int permissions = tree.geometry().format().permissions(leaf.descriptor());
        boolean writeNever = machine.pe(write.pe())
                .registers()
                .configuration(tree.geometry().regime())
                .writeExecuteNever();
        int effective = writeNever ? Permissions.withWriteExecuteNever(permissions) : permissions;
        if (on && !Permissions.executable(effective)) {
            Violation violation = machine.reporter()
                    .report(
                            RuleId.MMU_IDX,
                            null,
                            Machine.place(tree, leaf.slice().level(), write.pc(), 1L << write.pe(), leaf.input()));
            if (violation != null) {
                violation
                        .after(
                                leaf.descriptor(),
                                Machine.text(tree.geometry(), leaf.slice().level(), leaf.descriptor()))
                        .message("the identity mapping of 0x%x is not executable once the MMU is on", write.pc());
            }
        }
    }

    private static Reporter.Place place(Regime regime, RegisterWrite write) {
        return new Reporter.Place(Machine.name(regime), "", Reporter.NO_LEVEL, write.pc(), 1L << write.pe(), 0, 0);
    }
}
