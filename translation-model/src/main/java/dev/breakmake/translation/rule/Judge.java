package dev.breakmake.translation.rule;

import dev.breakmake.translation.event.Barrier;
import dev.breakmake.translation.event.CacheMaintenance;
import dev.breakmake.translation.event.Capability;
import dev.breakmake.translation.event.ContextSynchronization;
import dev.breakmake.translation.event.DescriptorWrite;
import dev.breakmake.translation.event.ExceptionLevel;
import dev.breakmake.translation.event.ExceptionTaken;
import dev.breakmake.translation.event.Marker;
import dev.breakmake.translation.event.MemoryRead;
import dev.breakmake.translation.event.MemoryWrite;
import dev.breakmake.translation.event.PageRole;
import dev.breakmake.translation.event.PeState;
import dev.breakmake.translation.event.RegionDeclared;
import dev.breakmake.translation.event.RegisterWrite;
import dev.breakmake.translation.event.Shareability;
import dev.breakmake.translation.event.TlbInvalidate;
import dev.breakmake.translation.event.TraceHeader;
import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.event.TranslationUse;
import dev.breakmake.translation.tlb.MayHold;
import dev.breakmake.translation.tlb.Scope;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Leads every event to the state it changes and the rules it concerns, in the order that makes their answers right. */
public final class Judge {

    /** Rules that ask what a PE uses after a change: {@link FirstUse} and {@link CodeCoherency}. */
    private static final List<RuleId> JUDGED_AT_FIRST_USE = List.of(
            RuleId.PTE_DSB, RuleId.TLB_ISB, RuleId.TLB_MISS, RuleId.TLB_PERM, RuleId.CMO_ICACHE, RuleId.ENC_EXECXN);

    private final Machine machine;
    private final MayHold mayHold;
    private final Reporter reporter;
    private final Clock clock;
    private final TableUpdates tables;
    private final RegisterUpdates registers;
    private final ControlRegisters control;
    private final MmuSwitch mmu;
    private final OtherRoots roots;
    private final FirstUse uses;
    private final Coherency coherency;
    private final GuestContext guests;
    private final InvalidateForms forms;
    private final Lifetimes lifetimes;
    private final DeviceTables devices;
    private final Layouts layouts;
    private final CodeCoherency code;
    private @Nullable TranslationEvent lastOfBootPe;

    /** Judges a run that starts with this header. */
    public Judge(TraceHeader header, Clock clock, Reporter reporter, Profile profile) {
        if (header.peCount() < 1 || header.peCount() > 64) {
            throw new IllegalArgumentException(
                    "the header names %d PEs; 1 to 64 can be judged".formatted(header.peCount()));
        }
        this.clock = clock;
        this.reporter = reporter;
        reporter.memory(header.regions());
        machine = new Machine(header, clock, reporter, profile);
        mayHold = machine.mayHold();
        StaleDependence dependence = new StaleDependence(machine);
        roots = new OtherRoots(machine);
        control = new ControlRegisters(machine);
        mmu = new MmuSwitch(machine);
        coherency = new Coherency(machine);
        uses = new FirstUse(machine, dependence);
        guests = new GuestContext(machine);
        forms = new InvalidateForms(machine);
        lifetimes = new Lifetimes(machine);
        devices = new DeviceTables(machine);
        layouts = new Layouts(machine);
        code = new CodeCoherency(machine);
        Encodings encodings = new Encodings(machine);
        BreakBeforeMake breakBeforeMake = new BreakBeforeMake(machine, dependence, roots);
        tables = new TableUpdates(machine, breakBeforeMake, coherency, control, encodings, lifetimes, devices);
        registers = new RegisterUpdates(machine, control, mmu, roots, breakBeforeMake, coherency, guests, encodings);
    }

    /** Takes an event. */
    @SuppressWarnings("IfChainToSwitch") // a switch over types is made at run time: milliseconds (decision 0600)
    public void accept(TranslationEvent event) {
        // Each arm asks for the PE itself: where the type is known that is a field, through the interface it is a
        // search.
        if (event instanceof DescriptorWrite write) {
            tables.written(write, begin(write, write.pe()));
        } else if (event instanceof Barrier barrier) {
            barrier(barrier, begin(barrier, barrier.pe()));
        } else if (event instanceof TlbInvalidate invalidate) {
            invalidate(invalidate, begin(invalidate, invalidate.pe()));
        } else if (event instanceof ContextSynchronization sync) {
            synchronize(sync.pe(), begin(sync, sync.pe()));
            clock.endStep();
        } else if (event instanceof RegisterWrite write) {
            registers.written(write, begin(write, write.pe()));
            clock.endStep();
        } else if (event instanceof TranslationUse use) {
            begin(use, use.pe());
            level(use.pe(), use.el(), use.pc());
            registers.walkedFromOutside(use);
            guests.walked(use);
            uses.used(use);
            mmu.used(use);
            code.fetched(use);
        } else if (event instanceof MemoryWrite write) {
            begin(write, write.pe());
            coherency.written(write.pa(), write.length(), write.cacheable(), write.pe(), write.pc());
            code.written(write);
            lifetimes.overwritten(write);
        } else if (event instanceof MemoryRead read) {
            begin(read, read.pe());
            coherency.read(read);
        } else if (event instanceof CacheMaintenance maintenance) {
            begin(maintenance, maintenance.pe());
            coherency.maintained(maintenance);
        } else if (event instanceof PeState state) {
            state(state, begin(state, state.pe()));
        } else if (event instanceof ExceptionTaken exception) {
            begin(exception, exception.pe());
            level(exception.pe(), exception.target(), exception.pc());
            forms.exception(exception);
        } else if (event instanceof RegionDeclared region) {
            begin(region, region.pe());
            layouts.declared(region);
            reporter.region(region.name(), region.virtual());
        } else if (event instanceof PageRole role) {
            begin(role, role.pe());
            lifetimes.role(role);
            devices.role(role);
        } else if (event instanceof Marker marker) {
            begin(marker, marker.pe());
        } else if (event instanceof TraceHeader) {
            throw new IllegalArgumentException("event %d is a second header".formatted(event.sequence()));
        } else {
            throw new IllegalArgumentException("event %d is a %s, which no rule knows"
                    .formatted(event.sequence(), event.getClass().getSimpleName()));
        }
    }

    private long begin(TranslationEvent event, int pe) {
        if (pe < 0 || pe >= machine.peCount()) {
            throw new IllegalArgumentException("event %d is of PE %d, but the header names %d PEs"
                    .formatted(event.sequence(), pe, machine.peCount()));
        }
        if (pe == 0) {
            lastOfBootPe = event;
        }
        return clock.tick();
    }

    private void barrier(Barrier barrier, long now) {
        if (barrier.kind() == Barrier.Kind.DSB && barrier.types() != Barrier.AccessTypes.LD) {
            boolean shared = barrier.domain() != Shareability.NSH;
            boolean storesOnly = barrier.types() == Barrier.AccessTypes.ST;
            mayHold.barrier(barrier.pe(), now, shared, storesOnly, barrier.nxs());
            if (!storesOnly) {
                control.completed(barrier.pe(), shared, barrier.nxs());
                mmu.completed(barrier.pe(), shared, barrier.nxs());
            }
        } else if (barrier.kind() == Barrier.Kind.DMB && barrier.types() != Barrier.AccessTypes.LD) {
            mayHold.order(barrier.pe(), now);
        }
        clock.endStep();
    }

    private void invalidate(TlbInvalidate event, long now) {
        PeModel pe = machine.pe(event.pe());
        boolean host = machine.hostExtensions(event.pe());
        Scope scope =
                mayHold.invalidate(event, now, pe.maintenanceVmid(), host, host && machine.hostRegime(event.pe()));
        control.invalidated(scope);
        mmu.invalidated(scope);
        guests.invalidated(scope);
        forms.invalidated(event, scope, mayHold.matched());
        clock.endStep();
    }

    private void synchronize(int pe, long now) {
        mayHold.synchronize(pe, now);
        control.synchronize(pe);
        mmu.synchronize(pe);
        machine.pe(pe).vmidSynchronized();
    }

    private void level(int pe, ExceptionLevel level, long pc) {
        PeModel model = machine.pe(pe);
        if (model.level() != level) {
            model.level(level);
            registers.levelChanged(pe, pc);
        }
    }

    private void state(PeState state, long now) {
        int pe = state.pe();
        switch (state.change()) {
            case RESET, CPU_ON -> {
                machine.pe(pe).reset(now);
                machine.pe(pe).level(state.el());
                mayHold.reset(pe, now);
                mmu.reset(pe);
                control.reset(pe);
            }
            case CPU_OFF -> {
                // What it left undone before it went is told: its reset says that it relies on nothing from before.
                control.reliedOn(pe);
                mayHold.reset(pe, now);
            }
            case EL_CHANGE -> level(pe, state.el(), state.pc());
            case MMU_ON, MMU_OFF, CACHES_ON, CACHES_OFF -> {
                // The register writes themselves say so.
            }
        }
    }

    /** End of the run. */
    public void finish() {
        if (!machine.sees(Capability.TRANSLATION_USE)) {
            for (RuleId rule : JUDGED_AT_FIRST_USE) {
                machine.reporter().notObservable(rule, "the backend does not see first uses of translations");
            }
        }
        for (int pe = 0; pe < machine.peCount(); pe++) {
            control.reliedOn(pe);
        }
        roots.finish();
        if (machine.sees(Capability.STORE_ORDER)) {
            uses.finish();
        }
        TranslationEvent last = lastOfBootPe;
        layouts.finish(last == null ? 0 : last.pc());
    }
}
