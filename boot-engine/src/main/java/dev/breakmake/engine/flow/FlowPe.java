package dev.breakmake.engine.flow;

import dev.breakmake.engine.isa.a32.AArch32;
import dev.breakmake.engine.pe.GuestFault;
import dev.breakmake.engine.pe.Maintenance;
import dev.breakmake.engine.pe.ProcessingElement;
import dev.breakmake.engine.pe.SystemRegister;
import dev.breakmake.engine.pe.UnimplementedException;
import dev.breakmake.translation.event.Barrier;
import dev.breakmake.translation.event.Barrier.AccessTypes;
import dev.breakmake.translation.event.CacheOperation;
import dev.breakmake.translation.event.Shareability;
import dev.breakmake.translation.event.TlbOperation;
import dev.breakmake.translation.event.TranslationRegister;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A PE as a flow drives it: one method per architectural operation. Each operation fetches at the flow's PC first, through the MMU,
 * and advances the PC, as an instruction would; one operation can be left out or held back by a {@link Mutation}.
 */
final class FlowPe {

    private final FlowMachine machine;
    private final ProcessingElement pe;
    private final @Nullable AArch32 narrow;
    private Routine routine = Routine.START;

    /** Address the start of the image has for the PC now. */
    private long codeBase;

    private long next;
    private @Nullable Runnable held;

    FlowPe(final FlowMachine machine, final ProcessingElement pe, final @Nullable AArch32 narrow) {
        this.machine = machine;
        this.pe = pe;
        this.narrow = narrow;
    }

    int id() {
        return pe.id;
    }

    /** Starts at the physical address of the image, MMU off. */
    void start(final long imagePa, final Routine at, final dev.breakmake.translation.event.PeState.Change how) {
        codeBase = imagePa;
        routine = at;
        pe.start(imagePa + at.offset(), 2, how);
    }

    /** Continues in another routine of the same mapping. */
    void enter(final Routine other) {
        routine = other;
        pe.pc = codeBase + other.offset();
    }

    /** Routine the PE is in. */
    Routine routine() {
        return routine;
    }

    /** Branches to a routine through another mapping of the image. */
    void branch(final Routine target, final long imageAddress) {
        operation("branch 0x%x".formatted(imageAddress + target.offset()), () -> {
            codeBase = imageAddress;
            routine = target;
            next = imageAddress + target.offset();
        });
    }

    /** A 64-bit store. */
    void store(final String what, final long va, final long value) {
        operation("store " + what, () -> pe.mmu.store64(va, value));
    }

    /** A 64-bit load. */
    long load(final String what, final long va) {
        final long[] value = new long[1];
        operation("load " + what, () -> value[0] = pe.mmu.load64(va));
        return value[0];
    }

    /** A write of a translation register, MSR or MCR. */
    void write(final TranslationRegister register, final long value) {
        operation("msr " + register, () -> {
            if (narrow != null) {
                narrow.writeTranslation(register, value);
            } else {
                pe.system.write(SystemRegister.valueOf(register.name()).key(), value);
            }
        });
    }

    void tlbi(final TlbOperation operation, final long operand, final Shareability shareability) {
        final String suffix = shareability == Shareability.NSH ? "" : "is";
        operation(
                "tlbi " + operation.name().toLowerCase(Locale.ROOT) + suffix,
                () -> Maintenance.invalidateTlb(pe, operation, operand, shareability, false));
    }

    void dsb(final Shareability domain, final AccessTypes types) {
        final String suffix = types == AccessTypes.ALL ? "" : types.name().toLowerCase(Locale.ROOT);
        operation(
                "dsb " + domain.name().toLowerCase(Locale.ROOT) + suffix,
                () -> Maintenance.barrier(pe, Barrier.Kind.DSB, domain, types, false));
    }

    void isb() {
        operation("isb", () -> Maintenance.synchronizeContext(pe));
    }

    /** Cache maintenance of the lines of a range of memory. */
    void maintain(final CacheOperation operation, final String what, final long va, final long bytes) {
        operation(operation.name().toLowerCase(Locale.ROOT).replace('_', ' ') + " " + what, () -> {
            for (long at = va; at < va + bytes; at += pe.model().cacheLineBytes()) {
                Maintenance.maintainLine(pe, operation, at);
            }
        });
    }

    /** Performs what a mutation held back; call at the end of the flow. */
    void finish() {
        final Runnable last = held;
        held = null;
        if (last != null) {
            execute("held back", last);
        }
    }

    private void operation(final String name, final Runnable action) {
        final FlowMachine.Decision decision = machine.decide(pe.id, routine, name);
        switch (decision) {
            case DROP -> pe.pc += 4;
            case HOLD -> {
                held = action;
                pe.pc += 4;
            }
            case PERFORM -> {
                execute(name, action);
                finish();
            }
        }
    }

    private void execute(final String name, final Runnable action) {
        try {
            pe.mmu.fetch(pe.pc);
            next = pe.pc + 4;
            action.run();
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
                                    describe(name, fault)));
        } catch (final UnimplementedException missing) {
            throw new FlowFault(
                    FlowEnd.UNIMPLEMENTED, "%s in %s: %s".formatted(name, routine.symbol(), missing.getMessage()));
        }
        pe.pc = next;
        pe.instructions++;
    }

    private static String describe(final String name, final GuestFault fault) {
        final boolean fetch = fault.exceptionClass == GuestFault.EC_INSTRUCTION_ABORT;
        return "%s 0x%x before '%s' completed, syndrome 0x%x"
                .formatted(fetch ? "fetch from" : "access to", fault.address, name, fault.iss);
    }
}
