package dev.breakmake.engine.machine;

import dev.breakmake.engine.device.VirtualClock;
import dev.breakmake.engine.pe.ProcessingElement;
import java.util.ArrayList;
import java.util.IdentityHashMap;
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
        final long deadline;
        final Runnable action;

        Alarm(final Object owner, final long deadline, final Runnable action) {
            this.owner = owner;
            this.deadline = deadline;
            this.action = action;
        }
    }

    /** Later than any boot lasts, and safe to calculate with. */
    private static final double FAR = 0x1p62;

    private final long frequency;
    private final double period;
    private final IdentityHashMap<Object, Alarm> owners = new IdentityHashMap<>();
    private final List<Alarm> alarms = new ArrayList<>();
    private long base;
    private long earliest = Long.MAX_VALUE;
    private @Nullable ProcessingElement running;
    private long started;

    VirtualTime(final long frequency) {
        this.frequency = frequency;
        this.period = (double) NANOSECONDS / frequency;
    }

    /** Sets the time between turns; the clock's users then say again what they wait for. */
    void set(final long nanoseconds) {
        base = nanoseconds;
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

    /** Lets time pass without instructions, but not beyond the earliest alarm. */
    void skip(final long nanoseconds) {
        base += Math.min(nanoseconds, untilAlarm());
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
        return NANOSECONDS % frequency == 0 ? nanoseconds / (NANOSECONDS / frequency) : (long) (nanoseconds / period);
    }

    @Override
    public void at(final Object owner, final long deadline, final Runnable action) {
        final Alarm old = owners.remove(owner);
        alarms.remove(old);
        if (deadline != Long.MAX_VALUE) {
            final Alarm alarm = new Alarm(owner, deadline, action);
            owners.put(owner, alarm);
            alarms.add(alarm);
        }
        if (deadline != Long.MAX_VALUE || old != null) {
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
        final double at = earliest * period;
        if (at > FAR) {
            return Long.MAX_VALUE;
        }
        final long exact = NANOSECONDS % frequency == 0 ? earliest * (NANOSECONDS / frequency) : (long) Math.ceil(at);
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
            owners.remove(due.owner);
            earliestChanged();
            due.action.run();
        }
    }
}
