package dev.breakmake.engine.machine;

import dev.breakmake.engine.pe.Cluster;
import dev.breakmake.engine.pe.ProcessingElement;

/**
 * Recognises PEs that go round in circles: at the end of a turn the general registers and the PC are among the few combinations seen
 * at the ends of recent turns. A loop that polls memory looks like that, one that counts does not.
 */
final class StallDetector {

    private static final int REMEMBERED = 16;

    /** Turns in known states after which a PE counts as stalled. */
    private static final int TURNS = 4096;

    private final long[][] seen;
    private final int[] next;
    private final int[] streak;

    StallDetector(final int pes) {
        seen = new long[pes][REMEMBERED];
        next = new int[pes];
        streak = new int[pes];
    }

    /** A detector that goes on where another one is. */
    StallDetector(final StallDetector from) {
        this(from.next.length);
        for (int i = 0; i < next.length; i++) {
            System.arraycopy(from.seen[i], 0, seen[i], 0, REMEMBERED);
            next[i] = from.next[i];
            streak[i] = from.streak[i];
        }
    }

    /** Looks at a PE at the end of its turn. */
    void sample(final ProcessingElement pe) {
        final long state = pe.registerHash() * 31L + pe.pc;
        final long[] known = seen[pe.id];
        for (final long each : known) {
            if (each == state) {
                streak[pe.id]++;
                return;
            }
        }
        streak[pe.id] = 0;
        known[next[pe.id]++ & REMEMBERED - 1] = state;
    }

    /**
     * Whether every PE that is on either waits or goes round in circles, and one at least goes round: a loop around WFE waits
     * between its turns.
     */
    boolean stalled(final Cluster cluster) {
        boolean any = false;
        for (int id = 0; id < cluster.size(); id++) {
            final ProcessingElement.Power power = cluster.pe(id).power;
            if (streak[id] >= TURNS) {
                any |= power == ProcessingElement.Power.RUNNING || power == ProcessingElement.Power.WAITING_FOR_EVENT;
            } else if (power == ProcessingElement.Power.RUNNING) {
                return false;
            }
        }
        return any;
    }
}
