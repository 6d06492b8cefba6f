package dev.breakmake.engine.machine;

import dev.breakmake.engine.device.VirtualClock;
import dev.breakmake.engine.pe.ProcessingElement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Virtual time: one instruction is one nanosecond. PEs run in turns; during a turn, time is the start of the round plus what the
 * running PE has executed in it, so PEs of one round share the same span of time.
 */
final class VirtualTime implements VirtualClock {

    private static final long NANOSECONDS = 1_000_000_000L;

    private static final class Alarm {
        final Object owner;
        long deadline;
        Runnable action;

        Alarm(final Object owner, final long deadline, final Runnable action) {
            this.owner = owner;
            this.deadline = deadline;
            this.action = action;
        }
    }

    private final long frequency;
    private final List<Alarm> alarms = new ArrayList<>();
    private long base;
    private long earliest = Long.MAX_VALUE;
    private @Nullable ProcessingElement running;
    private long started;

    VirtualTime(final long frequency) {
        this.frequency = frequency;
    }

    /** Nanoseconds since reset. */
    long nanoseconds() {
        final ProcessingElement pe = running;
        return pe == null ? base : base + pe.instructions - started;
    }

    /** A PE begins its turn; time stands at the start of the round. */
    void begin(final ProcessingElement pe) {
        running = pe;
        started = pe.instructions;
    }

    /**
     * A PE ends its turn.
     *
     * @return nanoseconds its turn took
     */
    long end() {
        final ProcessingElement pe = running;
        running = null;
        return pe == null ? 0 : pe.instructions - started;
    }

    /** Ends a round. */
    void advance(final long nanoseconds) {
        base += nanoseconds;
    }

    @Override
    public long frequency() {
        return frequency;
    }

    @Override
    public long now() {
        return ticks(nanoseconds());
    }

    private long ticks(final long nanoseconds) {
        return NANOSECONDS % frequency == 0
                ? nanoseconds / (NANOSECONDS / frequency)
                : Math.multiplyHigh(nanoseconds, frequency) == 0
                        ? nanoseconds * frequency / NANOSECONDS
                        : (long) ((double) nanoseconds * frequency / NANOSECONDS);
    }

    @Override
    public void at(final Object owner, final long deadline, final Runnable action) {
        for (int i = 0; i < alarms.size(); i++) {
            if (alarms.get(i).owner == owner) {
                if (deadline == Long.MAX_VALUE) {
                    alarms.remove(i);
                } else {
                    alarms.get(i).deadline = deadline;
                    alarms.get(i).action = action;
                }
                earliestChanged();
                return;
            }
        }
        if (deadline != Long.MAX_VALUE) {
            alarms.add(new Alarm(owner, deadline, action));
            earliestChanged();
        }
    }

    private void earliestChanged() {
        earliest = Long.MAX_VALUE;
        for (final Alarm alarm : alarms) {
            earliest = Math.min(earliest, alarm.deadline);
        }
        final ProcessingElement pe = running;
        if (pe != null && earliest != Long.MAX_VALUE) {
            pe.exitSoon();
        }
    }

    /** Whether anything is due at some time. */
    boolean hasAlarm() {
        return earliest != Long.MAX_VALUE;
    }

    /** Nanoseconds from now to the earliest alarm; 0 if due, {@link Long#MAX_VALUE} if none. */
    long untilAlarm() {
        if (earliest == Long.MAX_VALUE) {
            return Long.MAX_VALUE;
        }
        final long scale = Math.max(1, NANOSECONDS / frequency);
        final double at = (double) earliest * NANOSECONDS / frequency;
        if (at > Long.MAX_VALUE / 2) {
            return Long.MAX_VALUE;
        }
        final long exact = NANOSECONDS % frequency == 0 ? earliest * scale : (long) Math.ceil(at);
        return Math.max(0, exact - nanoseconds());
    }

    /** Runs what is due. */
    void ring() {
        final long now = now();
        while (earliest <= now) {
            Alarm due = alarms.getFirst();
            for (final Alarm alarm : alarms) {
                if (alarm.deadline < due.deadline) {
                    due = alarm;
                }
            }
            alarms.remove(due);
            earliestChanged();
            due.action.run();
        }
    }
}
