package dev.breakmake.qemu.observe;

import dev.breakmake.qemu.site.SiteOperation;
import dev.breakmake.translation.event.Barrier;
import dev.breakmake.translation.event.ContextSynchronization;
import dev.breakmake.translation.event.DescriptorWrite;
import dev.breakmake.translation.event.EventSink;
import dev.breakmake.translation.event.ExceptionLevel;
import dev.breakmake.translation.event.ExceptionTaken;
import dev.breakmake.translation.event.Marker;
import dev.breakmake.translation.event.PeState;
import dev.breakmake.translation.event.RegisterWrite;
import dev.breakmake.translation.event.TlbInvalidate;
import dev.breakmake.translation.event.TraceHeader;
import dev.breakmake.translation.event.TranslationRegister;
import dev.breakmake.translation.event.WalkStep;
import dev.breakmake.translation.event.WriteOrigin;
import java.util.List;

/** Numbers the events of one run. QEMU does not tell how many instructions a PE executed, so that count is 0 everywhere. */
final class EventWriter {

    private static final long NO_COUNT = 0;

    private final EventSink sink;
    private long sequence;
    private Place last = new Place(0, 0, ExceptionLevel.EL2);

    EventWriter(EventSink sink) {
        this.sink = sink;
    }

    /** Events written so far. */
    long count() {
        return sequence;
    }

    void header(TraceHeader header) {
        sink.accept(header);
        sequence = 1;
    }

    void registerWrite(Place at, TranslationRegister register, long value) {
        sink.accept(new RegisterWrite(sequence++, at.pe(), NO_COUNT, at.pc(), at.el(), register, value));
    }

    void tlbInvalidate(Place at, SiteOperation.InvalidateTlb operation, long operand) {
        sink.accept(new TlbInvalidate(
                sequence++,
                at.pe(),
                NO_COUNT,
                at.pc(),
                at.el(),
                operation.operation(),
                operand,
                operation.shareability(),
                operation.nxs()));
    }

    void dataBarrier(Place at, SiteOperation.DataBarrier barrier) {
        sink.accept(new Barrier(
                sequence++,
                at.pe(),
                NO_COUNT,
                at.pc(),
                at.el(),
                barrier.kind(),
                barrier.domain(),
                barrier.types(),
                barrier.nxs()));
    }

    void contextSynchronization(Place at, ContextSynchronization.Cause cause) {
        sink.accept(new ContextSynchronization(sequence++, at.pe(), NO_COUNT, at.pc(), at.el(), cause));
    }

    /** A change of a table found at a stop: which PE stored it and how is not known, the PE that stopped is named. */
    void descriptorWrite(Place at, long pa, long before, long after, boolean cacheable) {
        sink.accept(new DescriptorWrite(
                sequence++,
                at.pe(),
                NO_COUNT,
                at.pc(),
                at.el(),
                pa,
                8,
                before,
                after,
                cacheable,
                0,
                WriteOrigin.OBSERVED));
    }

    void peState(Place at, PeState.Change change, long argument) {
        sink.accept(new PeState(sequence++, at.pe(), NO_COUNT, at.pc(), at.el(), change, argument));
    }

    void exceptionTaken(
            Place at,
            ExceptionLevel target,
            long syndrome,
            long faultAddress,
            long faultIpa,
            int vector,
            List<WalkStep> walk) {
        sink.accept(new ExceptionTaken(
                sequence++,
                at.pe(),
                NO_COUNT,
                at.pc(),
                at.el(),
                target,
                syndrome,
                faultAddress,
                faultIpa,
                vector,
                walk));
    }

    /** Notes where a PE was looked at last. */
    void stoppedAt(Place at) {
        last = at;
    }

    /** Where a PE was looked at last. */
    Place last() {
        return last;
    }

    /** A console line, at the place a PE was looked at last. */
    void consoleLine(String line) {
        Place at = last;
        sink.accept(new Marker(sequence++, at.pe(), NO_COUNT, at.pc(), at.el(), Marker.Kind.CONSOLE_LINE, line));
    }

    /**
     * Where a PE stands.
     *
     * @param pc as the PE fetches it
     */
    record Place(int pe, long pc, ExceptionLevel el) {
        Place at(long otherPc) {
            return new Place(pe, otherPc, el);
        }
    }
}
