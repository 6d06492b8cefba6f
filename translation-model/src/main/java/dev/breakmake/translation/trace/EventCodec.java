package dev.breakmake.translation.trace;

import static dev.breakmake.translation.trace.Field.*;

import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.Barrier;
import dev.breakmake.translation.event.CacheMaintenance;
import dev.breakmake.translation.event.CacheOperation;
import dev.breakmake.translation.event.ContextSynchronization;
import dev.breakmake.translation.event.DescriptorWrite;
import dev.breakmake.translation.event.ExceptionLevel;
import dev.breakmake.translation.event.ExceptionTaken;
import dev.breakmake.translation.event.HandOver;
import dev.breakmake.translation.event.Marker;
import dev.breakmake.translation.event.MemoryRead;
import dev.breakmake.translation.event.MemoryWrite;
import dev.breakmake.translation.event.PageRole;
import dev.breakmake.translation.event.PeState;
import dev.breakmake.translation.event.RegionDeclared;
import dev.breakmake.translation.event.RegisterWrite;
import dev.breakmake.translation.event.Shareability;
import dev.breakmake.translation.event.TlbInvalidate;
import dev.breakmake.translation.event.TlbOperation;
import dev.breakmake.translation.event.TraceHeader;
import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.event.TranslationRegister;
import dev.breakmake.translation.event.TranslationUse;
import dev.breakmake.translation.event.WriteOrigin;
import dev.breakmake.translation.trace.TraceFormatException.BadField;

/** Which fields each type of event has, once for file, text form and digest. Sequence, PE, instructions, PC and EL are apart. */
final class EventCodec {
    private static final TranslationRegister[] REGISTERS = TranslationRegister.values();
    private static final WriteOrigin[] ORIGINS = WriteOrigin.values();
    private static final TlbOperation[] TLB_OPERATIONS = TlbOperation.values();
    private static final Shareability[] DOMAINS = Shareability.values();
    private static final Barrier.Kind[] BARRIERS = Barrier.Kind.values();
    private static final Barrier.AccessTypes[] ACCESS_TYPES = Barrier.AccessTypes.values();
    private static final ContextSynchronization.Cause[] CAUSES = ContextSynchronization.Cause.values();
    private static final PageRole.Role[] ROLES = PageRole.Role.values();
    private static final CacheOperation[] CACHE_OPERATIONS = CacheOperation.values();
    private static final TranslationUse.Kind[] USES = TranslationUse.Kind.values();
    private static final PeState.Change[] CHANGES = PeState.Change.values();
    private static final ExceptionLevel[] LEVELS = ExceptionLevel.values();
    private static final Marker.Kind[] MARKERS = Marker.Kind.values();
    private static final Architecture[] ARCHITECTURES = Architecture.values();
    private static final HandOver.LineState[] LINES = HandOver.LineState.values();

    private EventCodec() {}

    /** The fields every event has. */
    record Common(long sequence, int pe, long instructions, long pc, ExceptionLevel el) {}

    /**
     * Writes the fields an event has beside the common ones.
     *
     * @param type of the event, which every caller has asked for
     */
    static void write(EventType type, TranslationEvent event, FieldSink out) {
        switch (type) {
            case HEADER -> writeHeader((TraceHeader) event, out);
            case REGISTER_WRITE -> {
                RegisterWrite e = (RegisterWrite) event;
                out.name(REGISTER, e.register());
                out.number(REGISTER_VALUE, e.value());
            }
            case DESCRIPTOR_WRITE -> {
                DescriptorWrite e = (DescriptorWrite) event;
                out.number(DESCRIPTOR_PA, e.pa());
                out.number(DESCRIPTOR_SIZE, e.size());
                out.number(DESCRIPTOR_OLD, e.oldDescriptor());
                out.number(DESCRIPTOR_NEW, e.newDescriptor());
                out.flag(DESCRIPTOR_CACHEABLE, e.cacheable());
                out.number(DESCRIPTOR_VA, e.va());
                out.name(DESCRIPTOR_ORIGIN, e.origin());
            }
            case TLB_INVALIDATE -> {
                TlbInvalidate e = (TlbInvalidate) event;
                out.name(TLBI_OPERATION, e.operation());
                out.number(TLBI_OPERAND, e.operand());
                out.name(TLBI_SHAREABILITY, e.shareability());
                out.flag(TLBI_NXS, e.nxs());
            }
            case BARRIER -> {
                Barrier e = (Barrier) event;
                out.name(BARRIER_KIND, e.kind());
                out.name(BARRIER_DOMAIN, e.domain());
                out.name(BARRIER_TYPES, e.types());
                out.flag(BARRIER_NXS, e.nxs());
            }
            case CONTEXT_SYNCHRONIZATION -> out.name(CSE_CAUSE, ((ContextSynchronization) event).cause());
            case MEMORY_WRITE -> {
                MemoryWrite e = (MemoryWrite) event;
                out.number(WRITE_PA, e.pa());
                out.number(WRITE_VA, e.va());
                out.number(WRITE_LENGTH, e.length());
                out.flag(WRITE_CACHEABLE, e.cacheable());
            }
            case MEMORY_READ -> {
                MemoryRead e = (MemoryRead) event;
                out.number(READ_PA, e.pa());
                out.number(READ_VA, e.va());
                out.number(READ_LENGTH, e.length());
                out.flag(READ_CACHEABLE, e.cacheable());
            }
            case PAGE_ROLE -> {
                PageRole e = (PageRole) event;
                out.name(ROLE, e.role());
                out.number(ROLE_PA, e.pa());
                out.number(ROLE_LENGTH, e.length());
                out.number(ROLE_ARGUMENT, e.argument());
            }
            case REGION_DECLARED -> {
                RegionDeclared e = (RegionDeclared) event;
                out.text(REGION_NAME, e.name());
                out.number(REGION_START, e.virtual().start());
                out.number(REGION_END, e.virtual().end());
            }
            case CACHE_MAINTENANCE -> {
                CacheMaintenance e = (CacheMaintenance) event;
                out.name(CACHE_OPERATION, e.operation());
                out.number(CACHE_VA, e.va());
                out.number(CACHE_PA, e.pa());
                out.number(CACHE_LENGTH, e.length());
            }
            case TRANSLATION_USE -> {
                TranslationUse e = (TranslationUse) event;
                out.name(USE_KIND, e.kind());
                out.number(USE_VA, e.va());
                out.flag(USE_STAGE2, e.stage2());
                out.number(USE_LEVEL, e.level());
                out.number(USE_DESCRIPTOR_PA, e.descriptorPa());
                out.number(USE_DESCRIPTOR, e.descriptor());
            }
            case PE_STATE -> {
                PeState e = (PeState) event;
                out.name(STATE_CHANGE, e.change());
                out.number(STATE_ARGUMENT, e.argument());
            }
            case EXCEPTION_TAKEN -> {
                ExceptionTaken e = (ExceptionTaken) event;
                out.name(EXCEPTION_TARGET, e.target());
                out.number(EXCEPTION_SYNDROME, e.syndrome());
                out.number(EXCEPTION_ADDRESS, e.faultAddress());
                out.number(EXCEPTION_IPA, e.faultIpa());
                out.number(EXCEPTION_VECTOR, e.vector());
                out.text(EXCEPTION_WALK, Lists.walk(e.walk()));
            }
            case MARKER -> {
                Marker e = (Marker) event;
                out.name(MARKER_KIND, e.kind());
                out.text(MARKER_TEXT, e.text());
            }
        }
    }

    private static void writeHeader(TraceHeader e, FieldSink out) {
        out.name(HEADER_ARCHITECTURE, e.architecture());
        out.number(HEADER_PES, e.peCount());
        out.text(HEADER_ID_REGISTERS, Lists.values(e.idRegisters()));
        out.text(HEADER_FEATURES, Lists.names(e.features()));
        out.number(HEADER_BBM_LEVEL, e.bbmLevel());
        out.number(HEADER_LINE, e.cacheLineBytes());
        out.number(HEADER_PA_BITS, e.paBits());
        out.text(HEADER_RAM, Lists.ranges(e.ram()));
        out.text(HEADER_REGIONS, Lists.regions(e.regions()));
        out.name(HEADER_ENTRY_LEVEL, e.handOver().entryLevel());
        out.flag(HEADER_TLB_UNKNOWN, e.handOver().tlbUnknown());
        out.name(HEADER_IMAGE_LINES, e.handOver().imageLines());
        out.name(HEADER_OTHER_LINES, e.handOver().otherLines());
        out.text(HEADER_BACKEND, e.backend());
        out.text(HEADER_NOT_OBSERVABLE, Lists.names(e.notObservable()));
        out.text(HEADER_INTERLEAVING, e.interleaving());
    }

    static TranslationEvent read(EventType type, Common c, FieldSource in) throws BadField {
        long sequence = c.sequence();
        int pe = c.pe();
        long instructions = c.instructions();
        long pc = c.pc();
        ExceptionLevel el = c.el();
        return switch (type) {
            case HEADER -> readHeader(in);
            case REGISTER_WRITE ->
                new RegisterWrite(
                        sequence, pe, instructions, pc, el, in.name(REGISTER, REGISTERS), in.number(REGISTER_VALUE));
            case DESCRIPTOR_WRITE ->
                new DescriptorWrite(
                        sequence,
                        pe,
                        instructions,
                        pc,
                        el,
                        in.number(DESCRIPTOR_PA),
                        storeSize(in.number(DESCRIPTOR_SIZE)),
                        in.number(DESCRIPTOR_OLD),
                        in.number(DESCRIPTOR_NEW),
                        in.flag(DESCRIPTOR_CACHEABLE),
                        in.number(DESCRIPTOR_VA),
                        in.name(DESCRIPTOR_ORIGIN, ORIGINS));
            case TLB_INVALIDATE ->
                new TlbInvalidate(
                        sequence,
                        pe,
                        instructions,
                        pc,
                        el,
                        in.name(TLBI_OPERATION, TLB_OPERATIONS),
                        in.number(TLBI_OPERAND),
                        in.name(TLBI_SHAREABILITY, DOMAINS),
                        in.flag(TLBI_NXS));
            case BARRIER ->
                new Barrier(
                        sequence,
                        pe,
                        instructions,
                        pc,
                        el,
                        in.name(BARRIER_KIND, BARRIERS),
                        in.name(BARRIER_DOMAIN, DOMAINS),
                        in.name(BARRIER_TYPES, ACCESS_TYPES),
                        in.flag(BARRIER_NXS));
            case CONTEXT_SYNCHRONIZATION ->
                new ContextSynchronization(sequence, pe, instructions, pc, el, in.name(CSE_CAUSE, CAUSES));
            case MEMORY_WRITE ->
                new MemoryWrite(
                        sequence,
                        pe,
                        instructions,
                        pc,
                        el,
                        in.number(WRITE_PA),
                        in.number(WRITE_VA),
                        in.number(WRITE_LENGTH),
                        in.flag(WRITE_CACHEABLE));
            case MEMORY_READ ->
                new MemoryRead(
                        sequence,
                        pe,
                        instructions,
                        pc,
                        el,
                        in.number(READ_PA),
                        in.number(READ_VA),
                        in.number(READ_LENGTH),
                        in.flag(READ_CACHEABLE));
            case PAGE_ROLE ->
                new PageRole(
                        sequence,
                        pe,
                        instructions,
                        pc,
                        el,
                        in.name(ROLE, ROLES),
                        in.number(ROLE_PA),
                        in.number(ROLE_LENGTH),
                        in.number(ROLE_ARGUMENT));
            case REGION_DECLARED ->
                new RegionDeclared(
                        sequence,
                        pe,
                        instructions,
                        pc,
                        el,
                        in.text(REGION_NAME),
                        range(in.number(REGION_START), in.number(REGION_END)));
            case CACHE_MAINTENANCE ->
                new CacheMaintenance(
                        sequence,
                        pe,
                        instructions,
                        pc,
                        el,
                        in.name(CACHE_OPERATION, CACHE_OPERATIONS),
                        in.number(CACHE_VA),
                        in.number(CACHE_PA),
                        in.number(CACHE_LENGTH));
            case TRANSLATION_USE ->
                new TranslationUse(
                        sequence,
                        pe,
                        instructions,
                        pc,
                        el,
                        in.name(USE_KIND, USES),
                        in.number(USE_VA),
                        in.flag(USE_STAGE2),
                        in.small(USE_LEVEL),
                        in.number(USE_DESCRIPTOR_PA),
                        in.number(USE_DESCRIPTOR));
            case PE_STATE ->
                new PeState(
                        sequence, pe, instructions, pc, el, in.name(STATE_CHANGE, CHANGES), in.number(STATE_ARGUMENT));
            case EXCEPTION_TAKEN ->
                new ExceptionTaken(
                        sequence,
                        pe,
                        instructions,
                        pc,
                        el,
                        in.name(EXCEPTION_TARGET, LEVELS),
                        in.number(EXCEPTION_SYNDROME),
                        in.number(EXCEPTION_ADDRESS),
                        in.number(EXCEPTION_IPA),
                        in.small(EXCEPTION_VECTOR),
                        Lists.walk(in.text(EXCEPTION_WALK)));
            case MARKER ->
                new Marker(sequence, pe, instructions, pc, el, in.name(MARKER_KIND, MARKERS), in.text(MARKER_TEXT));
        };
    }

    private static TraceHeader readHeader(FieldSource in) throws BadField {
        return new TraceHeader(
                in.name(HEADER_ARCHITECTURE, ARCHITECTURES),
                positive(in.small(HEADER_PES), "pes", 1 << 16),
                Lists.values(in.text(HEADER_ID_REGISTERS)),
                Lists.features(in.text(HEADER_FEATURES)),
                in.small(HEADER_BBM_LEVEL),
                positive(in.small(HEADER_LINE), "cache-line", 1 << 16),
                positive(in.small(HEADER_PA_BITS), "pa-bits", 56),
                Lists.ranges(in.text(HEADER_RAM)),
                Lists.regions(in.text(HEADER_REGIONS)),
                new HandOver(
                        in.name(HEADER_ENTRY_LEVEL, LEVELS),
                        in.flag(HEADER_TLB_UNKNOWN),
                        in.name(HEADER_IMAGE_LINES, LINES),
                        in.name(HEADER_OTHER_LINES, LINES)),
                in.text(HEADER_BACKEND),
                Lists.capabilities(in.text(HEADER_NOT_OBSERVABLE)),
                in.text(HEADER_INTERLEAVING));
    }

    private static int storeSize(long size) throws BadField {
        if (size != 1 && size != 2 && size != 4 && size != 8) {
            throw new BadField("size of a store must be 1, 2, 4 or 8, not " + Long.toUnsignedString(size));
        }
        return (int) size;
    }

    private static int positive(int value, String word, int most) throws BadField {
        if (value < 1 || value > most) {
            throw new BadField("%s must be 1 to %d, not %d".formatted(word, most, value));
        }
        return value;
    }

    static AddressRange range(long start, long end) throws BadField {
        if (end != 0 && Long.compareUnsigned(start, end) > 0) {
            throw new BadField("range start 0x%x lies above its end 0x%x".formatted(start, end));
        }
        return new AddressRange(start, end);
    }
}
