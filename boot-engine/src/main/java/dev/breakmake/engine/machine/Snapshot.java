package dev.breakmake.engine.machine;

import dev.breakmake.engine.device.ConsoleLog;
import dev.breakmake.engine.memory.GuestMemory;
import dev.breakmake.engine.pe.EventEmitter;
import dev.breakmake.engine.pe.ProcessingElement;
import dev.breakmake.engine.pe.TlbAdversary;
import dev.breakmake.engine.platform.BootPlan;
import dev.breakmake.translation.event.EventSink;
import dev.breakmake.translation.event.TranslationEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A machine at one moment, from which any number of machines go on, on any thread. Memory is shared page by page until someone writes,
 * so a fork costs a table of pages and no copy of them.
 *
 * <p>Cells of a matrix that begin alike share their prefix this way: run it once ({@link Boot#prefix}), fork it per cell. The events of
 * a fork are those of the undisturbed run, to the number.
 */
public final class Snapshot {

    final BootPlan plan;
    final BootSpecification specification;
    final GuestMemory memory;
    final List<ProcessingElement.State> pes;
    final EventEmitter.State events;
    final Board.State board;
    final ConsoleLog.State console;
    final ConsoleWatch watch;
    final StallDetector stalls;
    final Interleaving interleaving;
    final long nanoseconds;
    final int waitingRounds;
    final @Nullable TlbAdversary adversary;
    final List<TranslationEvent> prefix;

    Snapshot(
            final BootPlan plan,
            final BootSpecification specification,
            final GuestMemory memory,
            final List<ProcessingElement.State> pes,
            final EventEmitter.State events,
            final Board.State board,
            final ConsoleLog.State console,
            final ConsoleWatch watch,
            final StallDetector stalls,
            final Interleaving interleaving,
            final long nanoseconds,
            final int waitingRounds,
            final @Nullable TlbAdversary adversary,
            final List<TranslationEvent> prefix) {
        this.plan = plan;
        this.specification = specification;
        this.memory = memory;
        this.pes = List.copyOf(pes);
        this.events = events;
        this.board = board;
        this.console = console;
        this.watch = watch;
        this.stalls = stalls;
        this.interleaving = interleaving;
        this.nanoseconds = nanoseconds;
        this.waitingRounds = waitingRounds;
        this.adversary = adversary;
        this.prefix = List.copyOf(prefix);
    }

    /** Instructions all PEs together have executed. */
    public long instructions() {
        return pes.stream().mapToLong(ProcessingElement.State::instructions).sum();
    }

    /**
     * A machine that goes on from here.
     *
     * @param events gets every event from the start, those of the prefix first; null runs without any
     */
    public Machine fork(final @Nullable EventSink events) {
        return fork(specification, events);
    }

    /**
     * A machine that goes on from here to another goal or with other limits.
     *
     * @param other differs from the prefix's specification in goal, limits and symbols only
     * @throws IllegalArgumentException if it names another boot
     */
    public Machine fork(final BootSpecification other, final @Nullable EventSink events) {
        if (!sameBoot(other)) {
            throw new IllegalArgumentException(
                    "a fork may differ from its prefix in goal, limits and symbols; this one is another boot");
        }
        if (events != null) {
            prefix.forEach(events::accept);
        }
        return new Machine(this, other, events);
    }

    private boolean sameBoot(final BootSpecification other) {
        return java.util.Arrays.equals(other.image(), specification.image())
                && other.platform().equals(specification.platform())
                && other.options().equals(specification.options())
                && other.tlbPolicy() == specification.tlbPolicy()
                && other.seed() == specification.seed();
    }
}
