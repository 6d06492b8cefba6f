package dev.breakmake.engine.flow;

import dev.breakmake.engine.isa.a32.AArch32;
import dev.breakmake.engine.memory.Page;
import dev.breakmake.engine.pe.GuestFault;
import dev.breakmake.engine.pe.Maintenance;
import dev.breakmake.engine.pe.ProcessingElement;
import dev.breakmake.engine.pe.SystemRegister;
import dev.breakmake.engine.pe.UnimplementedException;
import dev.breakmake.translation.event.Barrier;
import dev.breakmake.translation.event.Barrier.AccessTypes;
import dev.breakmake.translation.event.PeState;
import dev.breakmake.translation.event.Shareability;
import org.jspecify.annotations.Nullable;

/**
 * A PE as a flow drives it, one architectural operation at a time. Each operation fetches at the flow's PC first, through the MMU, and
 * advances the PC, as an instruction would; one operation can be left out, held back or replaced by a {@link Mutation}.
 */
final class FlowPe {

    private static final Effect.Isb ISB = new Effect.Isb();
    private static final Effect.Idle IDLE = new Effect.Idle();

    private final FlowMachine machine;
    private final ProcessingElement pe;
    private final @Nullable AArch32 narrow;
    private Routine routine = Routine.START;

    /** Address the start of the image has for the PC now. */
    private long codeBase;

    private long next;
    private long loaded;
    private @Nullable FlowOperation held;

    FlowPe(final FlowMachine machine, final ProcessingElement pe, final @Nullable AArch32 narrow) {
        this.machine = machine;
        this.pe = pe;
        this.narrow = narrow;
    }

    int id() {
        return pe.id;
    }

    /** Starts at the physical address of the image, MMU off. */
    void start(final long imagePa, final Routine at, final PeState.Change how) {
        codeBase = imagePa;
        routine = at;
        pe.start(imagePa + at.offset(), 2, how);
        machine.surroundings().handOver(pe);
    }

    /** Continues in another routine of the same mapping. */
    void enter(final Routine other) {
        routine = other;
        pe.pc = codeBase + other.offset();
    }

    long pc() {
        return pe.pc;
    }

    /** Routine the PE is in. */
    Routine routine() {
        return routine;
    }

    /** Branches to a routine through another mapping of the image. */
    void branch(final Routine target, final long imageAddress) {
        operation(new Effect.Branch(target, imageAddress));
    }

    /** A 64-bit store. */
    void store(final String object, final long index, final long va, final long pa, final long value) {
        operation(new Effect.Store(object, index, va, pa, value));
    }

    /** A 64-bit load; what a load that was left out gives is 0. */
    long load(final String object, final long va) {
        loaded = 0;
        operation(new Effect.Load(object, va));
        return loaded;
    }

    void dsb(final Shareability domain, final AccessTypes types) {
        operation(new Effect.Fence(true, domain, types));
    }

    void isb() {
        operation(ISB);
    }

    /** Waits. */
    void idle() {
        operation(IDLE);
    }

    /** Performs what a mutation held back; call at the end of the flow. */
    void finish() {
        final FlowOperation last = held;
        held = null;
        if (last != null) {
            execute(last);
        }
    }

    /** Performs an operation, or what a mutation makes of it. */
    void operation(final Effect effect) {
        final FlowOperation operation = machine.next(pe.id, routine, effect);
        if (!machine.changes(operation)) {
            execute(operation);
            finish();
            return;
        }
        switch (machine.mutation()) {
            case Mutation.Swap swap -> {
                held = operation;
                pe.pc += 4;
            }
            case Mutation.Replace replace -> {
                final Effect other = replace.by().of(effect, machine.pageBytes());
                execute(other == null ? operation : new FlowOperation(operation.index(), pe.id, routine, other));
            }
            case Mutation.Drop drop -> pe.pc += 4;
            case Mutation.None none -> throw new IllegalStateException("no mutation changes anything");
        }
    }

    private void execute(final FlowOperation operation) {
        machine.executed(operation);
        try {
            fetch();
            next = pe.pc + 4;
            perform(operation.effect());
        } catch (final GuestFault fault) {
            final long at = pe.pc;
            pe.take(fault);
            throw new FlowFault(
                    FlowEnd.EXCEPTION,
                    "%s in %s at pc 0x%x: %s"
                            .formatted(
                                    fault.isAbort() ? "abort" : "exception",
                                    routine.symbol(),
                                    at,
                                    describe(operation.name(), fault)));
        } catch (final UnimplementedException missing) {
            throw new FlowFault(
                    FlowEnd.UNIMPLEMENTED,
                    "%s in %s: %s".formatted(operation.name(), routine.symbol(), missing.getMessage()));
        }
        pe.pc = next;
        pe.instructions++;
    }

    /** Fetches at the PC; what lies elsewhere than the image is not the code of the flow. */
    private void fetch() {
        final Page page = pe.mmu.fetch(pe.pc);
        final long expected = machine.pa(0) + pe.pc - codeBase;
        if (page.pa != (expected & -Page.SIZE)) {
            throw new FlowFault(
                    FlowEnd.EXCEPTION,
                    "fetch in %s at pc 0x%x came from 0x%x, which holds other code: 0x%x was meant"
                            .formatted(routine.symbol(), pe.pc, page.pa, expected & -Page.SIZE));
        }
    }

    private void perform(final Effect effect) {
        switch (effect) {
            case Effect.Store store -> pe.mmu.store64(store.va(), store.value());
            case Effect.TornStore(Effect.Store whole) -> {
                pe.mmu.store32(whole.va(), whole.value());
                pe.mmu.store32(whole.va() + 4, whole.value() >>> 32);
            }
            case Effect.Load load -> loaded = pe.mmu.load64(load.va());
            case Effect.Register write -> {
                if (narrow != null) {
                    narrow.writeTranslation(write.register(), write.value());
                } else {
                    pe.system.write(
                            SystemRegister.valueOf(write.register().name()).key(), write.value());
                }
            }
            case Effect.Tlbi tlbi ->
                Maintenance.invalidateTlb(pe, tlbi.operation(), tlbi.operand(), tlbi.shareability(), false);
            case Effect.Fence fence ->
                Maintenance.barrier(
                        pe,
                        fence.complete() ? Barrier.Kind.DSB : Barrier.Kind.DMB,
                        fence.domain(),
                        fence.types(),
                        false);
            case Effect.Isb isb -> Maintenance.synchronizeContext(pe);
            case Effect.Maintain maintain -> {
                final int line = pe.cacheLineBytes;
                for (long at = maintain.va(); at < maintain.va() + maintain.bytes(); at += line) {
                    Maintenance.maintainLine(pe, maintain.operation(), at);
                }
            }
            case Effect.Branch branch -> {
                codeBase = branch.image();
                routine = branch.target();
                next = codeBase + routine.offset();
            }
            case Effect.Idle idle -> {}
        }
    }

    private static String describe(final String name, final GuestFault fault) {
        final boolean fetch = fault.exceptionClass == GuestFault.EC_INSTRUCTION_ABORT;
        return "%s 0x%x before '%s' completed, syndrome 0x%x"
                .formatted(fetch ? "fetch from" : "access to", fault.address, name, fault.iss);
    }
}
