package dev.breakmake.qemu.site;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Barriers that must have been executed right before a site, on whatever way it was reached: nothing between them and the site stores to
 * memory or leaves the code at hand.
 *
 * @param barriers the barriers in execution order; empty if there is no such certainty
 * @param through instructions from which the site may be reached without passing the barriers
 */
public record BarriersBefore(List<Placed> barriers, Set<Long> through) {

    private static final int MAX_INSTRUCTIONS = 64;
    private static final int MAX_RUN = 4;

    /** A barrier and its physical address. */
    public record Placed(SiteOperation operation, long address) {}

    private static final BarriersBefore NONE = new BarriersBefore(List.of(), Set.of());

    /** Looks for the barriers before a stop of the region. */
    public static BarriersBefore find(CodeRegion region, long site) {
        int start = region.index(site);
        Set<Integer> seen = new HashSet<>();
        ArrayDeque<Integer> open = new ArrayDeque<>(region.predecessors(start));
        int barrier = -1;
        if (open.isEmpty()) {
            return NONE;
        }
        while (!open.isEmpty()) {
            int index = open.remove();
            // A way from another stop is known from what followed that stop, see PathFollower.
            if (region.isStop(index) || !seen.add(index)) {
                continue;
            }
            if (isBarrier(region, index)) {
                if (barrier >= 0 && barrier != index) {
                    return NONE;
                }
                barrier = index;
                continue;
            }
            List<Integer> before = region.predecessors(index);
            if (seen.size() > MAX_INSTRUCTIONS
                    || before.isEmpty()
                    || !region.decoder().storesNothing(region.wordAt(index))) {
                return NONE;
            }
            open.addAll(before);
        }
        return barrier < 0 ? NONE : new BarriersBefore(run(region, barrier), addresses(region, seen, barrier));
    }

    /** The barrier with those directly before it that nothing can jump past. */
    private static List<Placed> run(CodeRegion region, int last) {
        List<Placed> run = new ArrayList<>();
        int index = last;
        while (true) {
            run.addFirst(new Placed(operation(region, index), region.address(index)));
            List<Integer> before = region.predecessors(index);
            if (run.size() == MAX_RUN
                    || before.size() != 1
                    || before.getFirst() != index - 1
                    || !isBarrier(region, index - 1)) {
                return List.copyOf(run);
            }
            index--;
        }
    }

    private static Set<Long> addresses(CodeRegion region, Set<Integer> seen, int barrier) {
        Set<Long> result = new HashSet<>();
        for (int index : seen) {
            if (index != barrier) {
                result.add(region.address(index));
            }
        }
        return Set.copyOf(result);
    }

    private static boolean isBarrier(CodeRegion region, int index) {
        return switch (region.decoder().decode(region.wordAt(index))) {
            case SiteOperation.DataBarrier barrier -> true;
            case SiteOperation.InstructionBarrier barrier -> true;
            case null, default -> false;
        };
    }

    private static SiteOperation operation(CodeRegion region, int index) {
        SiteOperation operation = region.decoder().decode(region.wordAt(index));
        if (operation == null) {
            throw new IllegalStateException("no barrier at 0x%x".formatted(region.address(index)));
        }
        return operation;
    }
}
