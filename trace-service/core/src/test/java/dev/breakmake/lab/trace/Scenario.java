package dev.breakmake.lab.trace;

import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.Barrier;
import dev.breakmake.translation.event.ContextSynchronization;
import dev.breakmake.translation.event.DescriptorWrite;
import dev.breakmake.translation.event.ExceptionLevel;
import dev.breakmake.translation.event.HandOver;
import dev.breakmake.translation.event.NamedRegion;
import dev.breakmake.translation.event.RegisterWrite;
import dev.breakmake.translation.event.Shareability;
import dev.breakmake.translation.event.TlbInvalidate;
import dev.breakmake.translation.event.TlbOperation;
import dev.breakmake.translation.event.TraceHeader;
import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.event.TranslationRegister;
import dev.breakmake.translation.event.WriteOrigin;
import dev.breakmake.translation.trace.TraceSummary;
import dev.breakmake.translation.trace.TraceWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/** A small EL2 boot written event by event: four levels of 4 KiB tables, MMU on, then whatever a test adds. */
final class Scenario {

    static final long L0 = 0x4000_0000L;
    static final long L1 = L0 + 0x1000;
    static final long L2 = L0 + 0x2000;
    static final long L3 = L0 + 0x3000;
    /** Attributes of a valid read-write page: AF, inner shareable, MAIR index 0, XN. */
    static final long PAGE = 1L << 54 | 1 << 10 | 3 << 8 | 3;

    private final List<TranslationEvent> events = new ArrayList<>();
    private long instructions = 100;

    private Scenario() {}

    /** MMU on with one page mapped: VA 0 to PA 0x5000_0000. */
    static Scenario booted() {
        return booted("engine test");
    }

    static Scenario booted(String backend) {
        Scenario s = new Scenario();
        s.events.add(new TraceHeader(
                Architecture.AARCH64,
                1,
                new TreeMap<>(),
                Set.of(),
                0,
                64,
                48,
                List.of(new AddressRange(0x4000_0000L, 0x8000_0000L)),
                List.of(new NamedRegion("image", new AddressRange(0x4020_0000L, 0x4030_0000L))),
                new HandOver(ExceptionLevel.EL2, true, HandOver.LineState.ABSENT, HandOver.LineState.ABSENT),
                backend,
                Set.of(),
                "round-robin 1000"));
        s.write(L0, L1 | 3);
        s.write(L1, L2 | 3);
        s.write(L2, L3 | 3);
        s.write(L3, 0x5000_0000L | PAGE);
        s.register(TranslationRegister.MAIR_EL2, 0xff);
        s.register(TranslationRegister.TCR_EL2, 0x8080_3510L | 5L << 16);
        s.register(TranslationRegister.TTBR0_EL2, L0);
        s.tlbi(TlbOperation.ALLE2, 0, Shareability.NSH);
        s.dsb(Shareability.NSH);
        s.isb();
        s.register(TranslationRegister.SCTLR_EL2, 0x30c5_1835L);
        s.isb();
        return s;
    }

    Scenario write(long pa, long value) {
        long old = 0;
        for (TranslationEvent event : events) {
            if (event instanceof DescriptorWrite before && before.descriptorPa() == pa) {
                old = before.newDescriptor();
            }
        }
        events.add(new DescriptorWrite(
                events.size(), 0, next(), pc(), ExceptionLevel.EL2, pa, 8, old, value, true, pa, WriteOrigin.STORE));
        return this;
    }

    Scenario register(TranslationRegister register, long value) {
        events.add(new RegisterWrite(events.size(), 0, next(), pc(), ExceptionLevel.EL2, register, value));
        return this;
    }

    Scenario tlbi(TlbOperation operation, long operand, Shareability shareability) {
        events.add(new TlbInvalidate(
                events.size(), 0, next(), pc(), ExceptionLevel.EL2, operation, operand, shareability, false));
        return this;
    }

    Scenario dsb(Shareability domain) {
        events.add(new Barrier(
                events.size(),
                0,
                next(),
                pc(),
                ExceptionLevel.EL2,
                Barrier.Kind.DSB,
                domain,
                Barrier.AccessTypes.ALL,
                false));
        return this;
    }

    Scenario isb() {
        events.add(new ContextSynchronization(
                events.size(), 0, next(), pc(), ExceptionLevel.EL2, ContextSynchronization.Cause.ISB));
        return this;
    }

    /** Replaces the output of the page at VA 0 in place: a break-before-make violation. */
    Scenario violate(long output) {
        return write(L3, output | PAGE).dsb(Shareability.ISH).isb();
    }

    /** Replaces the output of the page at VA {@code index} pages with the full sequence. */
    Scenario replaceProperly(int index, long output) {
        return write(L3 + 8L * index, 0)
                .dsb(Shareability.ISH)
                .tlbi(TlbOperation.VAE2, index, Shareability.ISH)
                .dsb(Shareability.ISH)
                .write(L3 + 8L * index, output | PAGE)
                .dsb(Shareability.ISH)
                .isb();
    }

    private long next() {
        return instructions += 4;
    }

    private long pc() {
        return 0x20_0000L + 4L * events.size();
    }

    List<TranslationEvent> events() {
        return List.copyOf(events);
    }

    /** The trace file. */
    Recorded record() {
        return Recorded.of(events);
    }

    /** A trace file and what its writer says about it. */
    record Recorded(byte[] file, TraceSummary summary) {
        static Recorded of(List<TranslationEvent> events) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try (TraceWriter writer = new TraceWriter(out)) {
                events.forEach(writer::accept);
                TraceSummary summary = writer.finish();
                return new Recorded(out.toByteArray(), summary);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
