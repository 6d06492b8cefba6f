package dev.breakmake.engine.pe;

import dev.breakmake.translation.event.Barrier;
import dev.breakmake.translation.event.CacheMaintenance;
import dev.breakmake.translation.event.CacheOperation;
import dev.breakmake.translation.event.ContextSynchronization;
import dev.breakmake.translation.event.DescriptorWrite;
import dev.breakmake.translation.event.EventSink;
import dev.breakmake.translation.event.ExceptionLevel;
import dev.breakmake.translation.event.ExceptionTaken;
import dev.breakmake.translation.event.Marker;
import dev.breakmake.translation.event.MemoryRead;
import dev.breakmake.translation.event.MemoryWrite;
import dev.breakmake.translation.event.PeState;
import dev.breakmake.translation.event.RegisterWrite;
import dev.breakmake.translation.event.Shareability;
import dev.breakmake.translation.event.TlbInvalidate;
import dev.breakmake.translation.event.TlbOperation;
import dev.breakmake.translation.event.TraceHeader;
import dev.breakmake.translation.event.TranslationRegister;
import dev.breakmake.translation.event.TranslationUse;
import dev.breakmake.translation.event.WalkStep;
import dev.breakmake.translation.event.WriteOrigin;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Numbers and hands out the events of one machine. Adjacent stores, loads and cache maintenance by one instruction address are held
 * back until something else happens, so that clearing a page is one event.
 */
public final class EventEmitter {

    private static final ExceptionLevel[] LEVELS = {
        ExceptionLevel.EL0, ExceptionLevel.EL1, ExceptionLevel.EL2, ExceptionLevel.EL3
    };

    private static final int[] COVERED = covered();

    /** Kind of the event that is held back. */
    public enum Pending {
        NONE,
        WRITE,
        READ,
        MAINTENANCE
    }

    private final @Nullable EventSink sink;
    private long sequence;

    private Pending pending = Pending.NONE;
    private int pendingPe;
    private long pendingInstructions;
    private long pendingPc;
    private ExceptionLevel pendingLevel = ExceptionLevel.EL2;
    private long pendingPa;
    private long pendingVa;
    private long pendingLength;
    private boolean pendingCacheable;
    private CacheOperation pendingOperation = CacheOperation.DC_CIVAC;

    /** An emitter to a sink; null keeps no events at all. */
    public EventEmitter(final @Nullable EventSink sink) {
        this.sink = sink;
    }

    /** An emitter that continues where another one was saved, held back event included: for a fork. */
    public EventEmitter(final @Nullable EventSink sink, final State from) {
        this.sink = sink;
        sequence = from.sequence;
        pending = from.pending;
        pendingPe = from.pe;
        pendingInstructions = from.instructions;
        pendingPc = from.pc;
        pendingLevel = from.level;
        pendingPa = from.pa;
        pendingVa = from.va;
        pendingLength = from.length;
        pendingCacheable = from.cacheable;
        pendingOperation = from.operation;
    }

    /** Numbering and the event that is held back. */
    public record State(
            long sequence,
            Pending pending,
            int pe,
            long instructions,
            long pc,
            ExceptionLevel level,
            long pa,
            long va,
            long length,
            boolean cacheable,
            CacheOperation operation) {}

    /** What {@link #EventEmitter(EventSink, State)} continues from. */
    public State save() {
        return new State(
                sequence,
                pending,
                pendingPe,
                pendingInstructions,
                pendingPc,
                pendingLevel,
                pendingPa,
                pendingVa,
                pendingLength,
                pendingCacheable,
                pendingOperation);
    }

    /** Whether anyone listens. */
    public boolean enabled() {
        return sink != null;
    }

    /** Number the next event will get. */
    public long sequence() {
        return sequence;
    }

    /** Emits the header; must be the first event. */
    public void header(final TraceHeader header) {
        if (sink != null) {
            sequence = 1;
            sink.accept(header);
        }
    }

    /** Emits what was held back. */
    public void flush() {
        if (pending != Pending.NONE && sink != null) {
            final Pending kind = pending;
            pending = Pending.NONE;
            switch (kind) {
                case WRITE ->
                    sink.accept(new MemoryWrite(
                            sequence++,
                            pendingPe,
                            pendingInstructions,
                            pendingPc,
                            pendingLevel,
                            pendingPa,
                            pendingVa,
                            pendingLength,
                            pendingCacheable));
                case READ ->
                    sink.accept(new MemoryRead(
                            sequence++,
                            pendingPe,
                            pendingInstructions,
                            pendingPc,
                            pendingLevel,
                            pendingPa,
                            pendingVa,
                            pendingLength,
                            pendingCacheable));
                case MAINTENANCE ->
                    sink.accept(new CacheMaintenance(
                            sequence++,
                            pendingPe,
                            pendingInstructions,
                            pendingPc,
                            pendingLevel,
                            pendingOperation,
                            pendingVa,
                            pendingPa,
                            pendingLength));
                case NONE -> {}
            }
        }
    }

    private long next(final ProcessingElement pe) {
        flush();
        pe.barriersSeen = 0;
        pe.synchronizedSeen = false;
        return sequence++;
    }

    private static ExceptionLevel level(final ProcessingElement pe) {
        return LEVELS[pe.el];
    }

    void registerWrite(final ProcessingElement pe, final TranslationRegister register, final long value) {
        if (sink != null) {
            sink.accept(new RegisterWrite(next(pe), pe.id, pe.instructions, pe.pc, level(pe), register, value));
        }
    }

    void descriptorWrite(
            final ProcessingElement pe,
            final long pa,
            final int size,
            final long before,
            final long after,
            final boolean cacheable,
            final long va,
            final WriteOrigin origin) {
        if (sink != null) {
            sink.accept(new DescriptorWrite(
                    next(pe),
                    pe.id,
                    pe.instructions,
                    pe.pc,
                    level(pe),
                    pa,
                    size,
                    before,
                    after,
                    cacheable,
                    va,
                    origin));
        }
    }

    void tlbInvalidate(
            final ProcessingElement pe,
            final TlbOperation operation,
            final long operand,
            final Shareability shareability,
            final boolean nxs) {
        if (sink != null) {
            sink.accept(new TlbInvalidate(
                    next(pe), pe.id, pe.instructions, pe.pc, level(pe), operation, operand, shareability, nxs));
        }
    }

    void barrier(
            final ProcessingElement pe,
            final Barrier.Kind kind,
            final Shareability domain,
            final Barrier.AccessTypes types,
            final boolean nxs) {
        if (sink != null) {
            final int form = form(kind, domain, types);
            if ((pe.barriersSeen & 1 << form) != 0) {
                return;
            }
            final int seen = pe.barriersSeen | COVERED[form];
            sink.accept(new Barrier(next(pe), pe.id, pe.instructions, pe.pc, level(pe), kind, domain, types, nxs));
            pe.barriersSeen = seen;
        }
    }

    /** Number of a barrier form: domain in bits 4:3, DSB in bit 2, access types in bits 1:0. */
    private static int form(final Barrier.Kind kind, final Shareability domain, final Barrier.AccessTypes types) {
        return domain.ordinal() << 3 | (kind == Barrier.Kind.DSB ? 4 : 0) | types.ordinal();
    }

    /** For each form, a bit for every form that says nothing new after it. */
    private static int[] covered() {
        final int[] covered = new int[32];
        for (int strong = 0; strong < 32; strong++) {
            for (int weak = 0; weak < 32; weak++) {
                final boolean types = (strong & 3) == Barrier.AccessTypes.ALL.ordinal() || (strong & 3) == (weak & 3);
                final boolean kind = (strong & 4) >= (weak & 4);
                if (types && kind && strong >>> 3 >= weak >>> 3) {
                    covered[strong] |= 1 << weak;
                }
            }
        }
        return covered;
    }

    public void contextSynchronization(final ProcessingElement pe, final ContextSynchronization.Cause cause) {
        if (sink != null) {
            if (cause == ContextSynchronization.Cause.ISB && pe.synchronizedSeen) {
                return;
            }
            sink.accept(new ContextSynchronization(next(pe), pe.id, pe.instructions, pe.pc, level(pe), cause));
            pe.synchronizedSeen = true;
        }
    }

    void memoryWrite(
            final ProcessingElement pe, final long pa, final long va, final long length, final boolean cacheable) {
        range(Pending.WRITE, pe, pa, va, length, cacheable);
    }

    void memoryRead(
            final ProcessingElement pe, final long pa, final long va, final long length, final boolean cacheable) {
        range(Pending.READ, pe, pa, va, length, cacheable);
    }

    private void range(
            final Pending kind,
            final ProcessingElement pe,
            final long pa,
            final long va,
            final long length,
            final boolean cacheable) {
        if (sink == null) {
            return;
        }
        if (pending == kind
                && pendingPe == pe.id
                && pendingPc == pe.pc
                && pendingPa + pendingLength == pa
                && pendingVa + pendingLength == va
                && pendingCacheable == cacheable) {
            pendingLength += length;
            return;
        }
        begin(kind, pe, pa, va, length, cacheable);
    }

    private void begin(
            final Pending kind,
            final ProcessingElement pe,
            final long pa,
            final long va,
            final long length,
            final boolean cacheable) {
        flush();
        pe.barriersSeen = 0;
        pe.synchronizedSeen = false;
        pending = kind;
        pendingPe = pe.id;
        pendingInstructions = pe.instructions;
        pendingPc = pe.pc;
        pendingLevel = level(pe);
        pendingPa = pa;
        pendingVa = va;
        pendingLength = length;
        pendingCacheable = cacheable;
    }

    /** Cache maintenance; a length of 0 never joins others. */
    void cacheMaintenance(
            final ProcessingElement pe,
            final CacheOperation operation,
            final long va,
            final long pa,
            final long length) {
        if (sink == null) {
            return;
        }
        if (pending == Pending.MAINTENANCE
                && pendingOperation == operation
                && pendingPe == pe.id
                && length != 0
                && pendingLength != 0
                && pendingVa + pendingLength == va
                && pendingPa + pendingLength == pa
                && pa != -1) {
            pendingLength += length;
            return;
        }
        begin(Pending.MAINTENANCE, pe, pa, va, length, false);
        pendingOperation = operation;
    }

    void translationUse(
            final ProcessingElement pe,
            final TranslationUse.Kind kind,
            final long va,
            final boolean stage2,
            final int level,
            final long descriptorPa,
            final long descriptor) {
        if (sink != null) {
            sink.accept(new TranslationUse(
                    next(pe),
                    pe.id,
                    pe.instructions,
                    pe.pc,
                    level(pe),
                    kind,
                    va,
                    stage2,
                    level,
                    descriptorPa,
                    descriptor));
        }
    }

    public void exceptionTaken(
            final ProcessingElement pe,
            final int target,
            final long syndrome,
            final long address,
            final long ipa,
            final int vector,
            final List<WalkStep> walk) {
        if (sink != null) {
            sink.accept(new ExceptionTaken(
                    next(pe),
                    pe.id,
                    pe.instructions,
                    pe.pc,
                    level(pe),
                    LEVELS[target],
                    syndrome,
                    address,
                    ipa,
                    vector,
                    walk));
        }
    }

    /** Emits a change of what a PE does as a whole. */
    public void peState(final ProcessingElement pe, final PeState.Change change, final long argument) {
        if (sink != null) {
            sink.accept(new PeState(next(pe), pe.id, pe.instructions, pe.pc, level(pe), change, argument));
        }
    }

    /** Emits a console line, a symbol reached or a phase boundary. */
    public void marker(final ProcessingElement pe, final Marker.Kind kind, final String text) {
        if (sink != null) {
            sink.accept(new Marker(next(pe), pe.id, pe.instructions, pe.pc, level(pe), kind, text));
        }
    }
}
