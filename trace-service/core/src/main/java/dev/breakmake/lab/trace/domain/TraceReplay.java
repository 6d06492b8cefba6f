package dev.breakmake.lab.trace.domain;

import dev.breakmake.lab.trace.domain.TraceException.Reason;
import dev.breakmake.lab.trace.storage.StoredFile;
import dev.breakmake.translation.event.EventSink;
import dev.breakmake.translation.event.TraceHeader;
import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.trace.Steps;
import dev.breakmake.translation.trace.TraceFormatException;
import dev.breakmake.translation.trace.TraceReader;
import dev.breakmake.translation.trace.TraceSummary;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Plays a stored trace: events in order, with table memory and registers as they are after each. The whole trace, or its
 * {@link TableTrack} for those who look at tables and registers only.
 */
final class TraceReplay {

    private final Supplier<InputStream> file;
    private final LongUnaryOperator numbers;

    private TraceReplay(Supplier<InputStream> file, LongUnaryOperator numbers) {
        this.file = file;
        this.numbers = numbers;
    }

    /** Plays every event. */
    static TraceReplay of(StoredFile file) {
        return new TraceReplay(() -> new BufferedInputStream(file.stream(0), 1 << 16), LongUnaryOperator.identity());
    }

    /** Plays what moves tables and registers, under the step numbers of the whole trace. */
    static TraceReplay of(TableTrack track) {
        return new TraceReplay(track::stream, track::step);
    }

    /**
     * How far a replay came.
     *
     * @param events events played
     * @param steps steps begun
     * @param digest of the whole trace, empty if the visitor stopped before its end
     */
    record Read(Moment moment, long events, long steps, String digest) {}

    /** Plays the trace until its end or until the visitor has seen enough. */
    Read run(TraceVisitor visitor) {
        Player player = new Player(visitor, numbers);
        String digest = "";
        try (InputStream in = file.get()) {
            TraceSummary summary = TraceReader.read(in, player);
            digest = summary.digest();
            player.end();
        } catch (EnoughException enough) {
            // The visitor needs no more; what it has seen was checked chunk by chunk.
        } catch (TraceFormatException e) {
            throw TraceSeal.corrupt("the trace is damaged: " + e.getMessage(), e.position());
        } catch (IllegalArgumentException e) {
            throw TraceSeal.corrupt("the trace is impossible: " + e.getMessage(), 0);
        } catch (IOException e) {
            throw new TraceException(Reason.DATABASE_DOWN, "the stored trace cannot be read: " + e.getMessage(), e);
        }
        return new Read(player.moment(), player.events, player.stepsBegun(), digest);
    }

    /** Tables and registers at the end of a step. */
    Moment momentAt(long wanted) {
        return run(new UpTo(wanted)).moment();
    }

    private record UpTo(long lastStep) implements TraceVisitor {
        @Override
        public boolean visit(long step, TranslationEvent event, boolean endsStep, Moment moment) {
            return step < lastStep || !endsStep;
        }
    }

    private static final class EnoughException extends RuntimeException {
        EnoughException() {
            super(null, null, false, false);
        }
    }

    private static final class Player implements EventSink {

        private final TraceVisitor visitor;
        private final LongUnaryOperator numbers;
        private final Steps steps = new Steps();
        private @Nullable Moment moment;
        private @Nullable TranslationEvent last;
        private boolean inStep;
        private long events;

        Player(TraceVisitor visitor, LongUnaryOperator numbers) {
            this.visitor = visitor;
            this.numbers = numbers;
        }

        @Override
        public void accept(TranslationEvent event) {
            Moment now = moment;
            if (now == null) {
                if (!(event instanceof TraceHeader header)) {
                    throw new IllegalArgumentException("the first event is no header");
                }
                now = new Moment(header);
                moment = now;
            }
            if (event.pe() < 0 || event.pe() >= now.peCount()) {
                throw new IllegalArgumentException("event " + event.sequence() + " is of PE " + event.pe()
                        + ", but the machine has " + now.peCount());
            }
            long step = numbers.applyAsLong(steps.stepOf(event));
            // A track leaves steps out: the one that was to be the last may be among them.
            if (step > visitor.lastStep() && !(event instanceof TraceHeader)) {
                throw new EnoughException();
            }
            now.apply(event);
            events++;
            last = event;
            boolean ends = Steps.ends(event);
            inStep = !ends;
            if (!visitor.visit(step, event, ends, now)) {
                throw new EnoughException();
            }
        }

        void end() {
            if (inStep && last != null && moment != null) {
                visitor.end(numbers.applyAsLong(steps.current()), last, moment);
            }
        }

        long stepsBegun() {
            return steps.current() + (inStep ? 1 : 0);
        }

        Moment moment() {
            if (moment == null) {
                throw TraceSeal.corrupt("the trace has no header", 0);
            }
            return moment;
        }
    }
}
