package dev.breakmake.translation.layout;

import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.register.Granule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The memory layout of one version of a hypervisor.
 *
 * @param name name of the layout
 * @param architecture execution state
 * @param granule granule of its tables
 * @param addressBits width of its virtual addresses
 * @param clashLevel level at which a shared table entry of identity mapping and image makes the boot tables impossible, as its start
 *     code builds them
 * @param regions its regions, in any order; all but TEMPORARY and LATE ones must not overlap
 */
public record Layout(
        String name,
        Architecture architecture,
        Granule granule,
        int addressBits,
        int clashLevel,
        List<Region> regions) {

    public Layout {
        regions = List.copyOf(regions);
    }

    /** Something wrong with a layout. */
    public record Problem(Kind kind, String message) {
        /** Class of problem. */
        public enum Kind {
            /** Two regions share addresses. */
            OVERLAP,
            /** No gap between two regions. */
            NO_GUARD,
            /** A border is no multiple of the page size. */
            MISALIGNED,
            /** A region is empty, wraps or leaves the address space. */
            OUTSIDE
        }
    }

    /** The first region of a kind. */
    public Optional<Region> first(Region.Kind kind) {
        return regions.stream().filter(region -> region.kind() == kind).findFirst();
    }

    /** One past the last virtual address. */
    long addressLimit() {
        return 1L << addressBits;
    }

    /**
     * Checks that regions are page-aligned, inside the address space and apart.
     *
     * @param guard bytes two neighbours must leave between them for {@link Problem.Kind#NO_GUARD} to stay silent; 0 asks for none
     */
    public List<Problem> problems(long guard) {
        List<Problem> problems = new ArrayList<>();
        for (Region region : regions) {
            AddressRange range = region.range();
            if (((range.start() | range.end()) & (granule.bytes() - 1)) != 0) {
                problems.add(new Problem(
                        Problem.Kind.MISALIGNED,
                        "%s %s is not aligned to pages of %s".formatted(region.name(), range, granule)));
            }
            if (range.size() == 0 || Long.compareUnsigned(range.end(), addressLimit()) > 0 || range.end() == 0) {
                problems.add(new Problem(
                        Problem.Kind.OUTSIDE,
                        "%s %s is empty or leaves the %d-bit address space"
                                .formatted(region.name(), range, addressBits)));
            }
        }
        for (int i = 0; i < regions.size(); i++) {
            for (int j = i + 1; j < regions.size(); j++) {
                compare(regions.get(i), regions.get(j), guard, problems);
            }
        }
        return problems;
    }

    private static void compare(Region a, Region b, long guard, List<Problem> problems) {
        // The temporary area lies in a region that is used later, on purpose.
        if (a.kind() == Region.Kind.TEMPORARY || b.kind() == Region.Kind.TEMPORARY) {
            return;
        }
        if (a.range().intersects(b.range())) {
            problems.add(new Problem(
                    Problem.Kind.OVERLAP,
                    "%s %s and %s %s overlap".formatted(a.name(), a.range(), b.name(), b.range())));
            return;
        }
        boolean ascending = Long.compareUnsigned(a.range().start(), b.range().start()) < 0;
        Region low = ascending ? a : b;
        Region high = ascending ? b : a;
        long gap = high.range().start() - low.range().end();
        if (Long.compareUnsigned(gap, guard) < 0) {
            problems.add(new Problem(
                    Problem.Kind.NO_GUARD,
                    "%s ends at 0x%x and %s starts at 0x%x: the gap is smaller than 0x%x"
                            .formatted(
                                    low.name(),
                                    low.range().end(),
                                    high.name(),
                                    high.range().start(),
                                    guard)));
        }
    }
}
