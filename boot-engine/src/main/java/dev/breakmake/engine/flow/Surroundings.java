package dev.breakmake.engine.flow;

import dev.breakmake.engine.machine.TlbPolicy;
import dev.breakmake.engine.pe.Cluster;
import dev.breakmake.engine.pe.ProcessingElement;
import dev.breakmake.engine.pe.SystemRegister;
import dev.breakmake.engine.pe.TlbAdversary;
import java.util.Random;

/**
 * What the architecture leaves open around a flow: what TLBs do with what they still may hold, and what registers hold at hand-over.
 *
 * @param policy what the TLBs do
 * @param seed 0 for registers in reset; any other one poisons what boot protocols leave undefined
 */
public record Surroundings(TlbPolicy policy, long seed) {

    /** Nothing stale, registers in reset. */
    public static final Surroundings PLAIN = new Surroundings(TlbPolicy.FLUSH_EAGERLY, 0);

    /** A, SA, I and WXN of SCTLR_EL2: M and C are off at hand-over, endianness is little. */
    private static final long FREE_CONTROL_BITS = 1L << 1 | 1L << 3 | 1L << 12 | 1L << 19;

    /** Gives the PEs' TLBs the policy. */
    void prepare(final Cluster cluster) {
        switch (policy) {
            case FLUSH_EAGERLY -> {
                // What a new cluster does by itself.
            }
            case KEEP_STALE -> cluster.setAdversary(TlbAdversary.Policy.KEEP_STALE, seed);
            case PREFER_OLD -> cluster.setAdversary(TlbAdversary.Policy.PREFER_OLD, seed);
            case CONFLICT_ABORT -> cluster.setAdversary(TlbAdversary.Policy.CONFLICT_ABORT, seed);
        }
    }

    /** Fills the registers a boot protocol says nothing about. */
    void handOver(final ProcessingElement pe) {
        if (seed == 0) {
            return;
        }
        final Random random = new Random(seed + pe.id);
        pe.system.set(SystemRegister.MAIR_EL2, random.nextLong());
        pe.system.set(SystemRegister.TTBR0_EL2, random.nextLong() & 0xffff_ffff_f000L);
        pe.system.set(
                SystemRegister.SCTLR_EL2,
                pe.system.get(SystemRegister.SCTLR_EL2) ^ random.nextLong() & FREE_CONTROL_BITS);
    }
}
