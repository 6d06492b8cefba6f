package dev.breakmake.engine.machine;

import dev.breakmake.engine.pe.Cluster;
import dev.breakmake.engine.pe.ProcessingElement;

/**
 * In which order and for how long PEs take turns. Seed 0 is round robin with turns of one length, short ones for secondaries that have
 * nothing to do but their idle loop; any other seed draws order and lengths from it. One PE alone has long turns: nothing can come
 * between its instructions but an interrupt, and those stop a turn by themselves.
 */
final class Interleaving {

    /** Instructions of one turn. */
    static final int QUANTUM = 1000;

    private static final int ALONE = 10_000;

    /** Instructions of a turn of a PE that idles. */
    private static final int IDLE_QUANTUM = QUANTUM / 16;

    /** Turns after the latest interrupt, event or start of a PE after which it counts as idle. */
    private static final int BUSY_TURNS = 96;

    private final int pes;
    private final long seed;
    private final int[] turnsSinceCall;
    private final int[] order;
    private int fixed;
    private long random;

    Interleaving(final int pes, final long seed) {
        this.pes = pes;
        this.seed = pes == 1 ? 0 : seed;
        turnsSinceCall = new int[pes];
        order = new int[pes];
        for (int i = 0; i < pes; i++) {
            order[i] = i;
        }
        random = mix(seed);
    }

    /** One that goes on where another is. */
    Interleaving(final Interleaving from) {
        this(from.pes, from.seed);
        System.arraycopy(from.turnsSinceCall, 0, turnsSinceCall, 0, pes);
        System.arraycopy(from.order, 0, order, 0, pes);
        fixed = from.fixed;
        random = from.random;
    }

    /** As the trace header states it. */
    String description() {
        if (seed != 0) {
            return "seeded 0x%x, turns of 1 to %d".formatted(seed, 2 * QUANTUM);
        }
        return pes == 1 ? "one PE" : "round-robin " + QUANTUM + ", idle " + IDLE_QUANTUM;
    }

    /** Gives every turn this length, whatever the PE does. */
    void fix(final int instructions) {
        fixed = instructions;
    }

    /** Begins a round: the order is drawn anew if there is a seed. */
    void beginRound() {
        if (seed == 0) {
            return;
        }
        for (int i = pes - 1; i > 0; i--) {
            final int other = (int) Long.remainderUnsigned(draw(), i + 1);
            final int kept = order[i];
            order[i] = order[other];
            order[other] = kept;
        }
    }

    /** PE number of a turn of the round. */
    int pe(final int turn) {
        return order[turn];
    }

    /** Instructions of the turn that a PE begins now. */
    int quantum(final Cluster cluster, final ProcessingElement pe) {
        if (fixed != 0) {
            return fixed;
        }
        if (pes == 1) {
            return ALONE;
        }
        if (seed != 0) {
            return 1 + (int) Long.remainderUnsigned(draw(), 2 * QUANTUM);
        }
        if (pe.takeCalled()) {
            turnsSinceCall[pe.id] = 0;
        } else {
            turnsSinceCall[pe.id]++;
        }
        return pe.id > 0 && turnsSinceCall[pe.id] > BUSY_TURNS && cluster.pe(0).power == ProcessingElement.Power.RUNNING
                ? IDLE_QUANTUM
                : QUANTUM;
    }

    private long draw() {
        random += 0x9e37_79b9_7f4a_7c15L;
        return mix(random);
    }

    /** SplitMix64's finalizer. */
    static long mix(final long value) {
        long z = value;
        z = (z ^ z >>> 30) * 0xbf58_476d_1ce4_e5b9L;
        z = (z ^ z >>> 27) * 0x94d0_49bb_1331_11ebL;
        return z ^ z >>> 31;
    }
}
