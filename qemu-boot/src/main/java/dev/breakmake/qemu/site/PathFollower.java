package dev.breakmake.qemu.site;

import java.util.ArrayList;
import java.util.List;

/**
 * What a PE must execute after a stop, up to the first instruction whose effect on control flow is not certain: computed from the registers
 * read at the stop, so that the machine need not be stopped at every barrier.
 */
public final class PathFollower {

    private static final int MAX_INSTRUCTIONS = 48;

    private PathFollower() {}

    /**
     * A path.
     *
     * @param barriers DSB, DMB and ISB on it, in order
     * @param end physical address of the first instruction that is not on it
     */
    public record Path(List<BarriersBefore.Placed> barriers, long end) {}

    /** Follows from an address with these general registers; index 31 (A64) is SP, 15 (A32) the PC. */
    public static Path follow(CodeRegion region, long from, long[] registers, long programStatus) {
        Simulation simulation = region.decoder() instanceof A64Decoder
                ? new A64Simulation(registers, programStatus)
                : new A32Simulation(registers, programStatus);
        List<BarriersBefore.Placed> barriers = new ArrayList<>();
        long address = from;
        for (int i = 0; i < MAX_INSTRUCTIONS && region.contains(address); i++) {
            int word = region.word(address);
            SiteOperation operation = region.decoder().decode(word);
            if (operation instanceof SiteOperation.Stop) {
                break;
            }
            if (operation != null) {
                barriers.add(new BarriersBefore.Placed(operation, address));
                address += 4;
                continue;
            }
            long next = region.decoder().storesNothing(word) ? simulation.step(word, address) : Simulation.UNCERTAIN;
            if (next == Simulation.UNCERTAIN) {
                break;
            }
            address = next;
        }
        return new Path(List.copyOf(barriers), address);
    }
}
