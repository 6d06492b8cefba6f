package dev.breakmake.translation.layout;

import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.layout.IdentityClash.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Where the identity mapping of a hypervisor clashes with its layout, as intervals of load addresses computed from borders, never by
 * trying addresses. The identity mapping is the range {@code [P, P + identitySize)} at load address {@code P}.
 */
public final class ClashAnalysis {
    private final Layout layout;
    private final AddressRange loads;
    private final long identitySize;
    private final long step;

    /**
     * @param layout the layout
     * @param loads load addresses to look at, end exclusive, at most 2^62
     * @param identitySize bytes mapped 1:1, e.g. the image size or one page
     * @param step load addresses are multiples of this, e.g. 2 MiB or 4 KiB
     */
    public ClashAnalysis(Layout layout, AddressRange loads, long identitySize, long step) {
        if (loads.start() < 0 || loads.end() <= loads.start() || loads.end() > 1L << 62) {
            throw new IllegalArgumentException("load addresses must ascend and lie below 2^62: " + loads);
        }
        if (identitySize < 1 || identitySize > 1L << 48) {
            throw new IllegalArgumentException(
                    "size of the identity mapping must be 1 to 2^48 bytes, not " + identitySize);
        }
        if (Long.bitCount(step) != 1 || step < 1 || step > 1L << 48) {
            throw new IllegalArgumentException("the step of load addresses must be a power of two, not " + step);
        }
        this.layout = layout;
        this.loads = loads;
        this.identitySize = identitySize;
        this.step = step;
    }

    /** All clashes, by load address, then by kind. Per region and load address only the strongest is given. */
    public List<IdentityClash> clashes() {
        List<IdentityClash> result = new ArrayList<>();
        for (Region region : layout.regions()) {
            if (region.kind() == Region.Kind.RUNTIME || region.kind() == Region.Kind.IMAGE) {
                addRegion(region, result);
            }
        }
        layout.first(Region.Kind.IDENTITY).ifPresent(reserved -> {
            AddressRange area = reserved.range();
            add(result, loads.start(), area.start(), Kind.OUTSIDE_RESERVED, null, -1);
            add(result, area.end() - identitySize + 1, loads.end(), Kind.OUTSIDE_RESERVED, null, -1);
        });
        add(result, layout.addressLimit() - identitySize + 1, loads.end(), Kind.BEYOND_ADDRESS_SPACE, null, -1);
        result.sort(Comparator.comparingLong(
                        (IdentityClash clash) -> clash.loadAddresses().start())
                .thenComparing(IdentityClash::kind));
        return result;
    }

    private void addRegion(Region region, List<IdentityClash> result) {
        long start = region.range().start();
        long end = region.range().end();
        // [innerFrom, innerTo) holds the load addresses already told about at a stronger degree.
        long innerFrom = start - identitySize + 1;
        long innerTo = end;
        if (region.kind() == Region.Kind.IMAGE) {
            add(result, innerFrom, start, Kind.SAME_ADDRESS, region, -1);
            add(result, start + 1, innerTo, Kind.SAME_ADDRESS, region, -1);
        } else {
            add(result, innerFrom, innerTo, Kind.SAME_ADDRESS, region, -1);
        }
        for (int level = 2; level >= topLevel(); level--) {
            long span = layout.granule().entrySpan(level);
            long from = (start & -span) - identitySize + 1;
            long to = (end + span - 1) & -span;
            add(result, from, innerFrom, Kind.SHARED_TABLE, region, level);
            add(result, innerTo, to, Kind.SHARED_TABLE, region, level);
            innerFrom = Math.min(innerFrom, from);
            innerTo = Math.max(innerTo, to);
        }
    }

    private int topLevel() {
        int level = 2;
        while (level > 0
                && layout.granule().levelShift(level) + layout.granule().bitsPerLevel() < layout.addressBits()) {
            level--;
        }
        return level;
    }

    /** Adds the multiples of the step in {@code [from, to)} that are load addresses at all. */
    private void add(List<IdentityClash> result, long from, long to, Kind kind, @Nullable Region region, int level) {
        long first = roundUp(Math.max(from, loads.start()));
        long end = Math.min(to, loads.end());
        if (first < end) {
            result.add(new IdentityClash(new AddressRange(first, end), kind, region, level));
        }
    }

    private long roundUp(long address) {
        return (address + step - 1) & -step;
    }

    /**
     * The way the start code takes at each load address; neighbouring intervals of the same way are one. With a TEMPORARY region in
     * the layout every load address outside of it goes through the temporary mapping; without one the way is direct unless image and
     * identity mapping share a table entry at the layout's clash level.
     */
    public List<LoadPath> paths() {
        TreeSet<Long> borders = new TreeSet<>(List.of(roundUp(loads.start()), loads.end()));
        Optional<Region> temporary = layout.first(Region.Kind.TEMPORARY);
        Optional<Region> image = layout.first(Region.Kind.IMAGE);
        image.ifPresent(region -> {
            AddressRange range = clashRange(region);
            addBorders(borders, range.start(), range.end());
            addBorders(borders, region.range().start(), region.range().start() + 1);
        });
        temporary.ifPresent(region -> addBorders(
                borders,
                region.range().start() - identitySize + 1,
                region.range().end()));
        addBorders(borders, layout.addressLimit() - identitySize + 1, loads.end());
        List<LoadPath> paths = new ArrayList<>();
        Long previous = null;
        for (long border : borders) {
            if (previous != null && previous < border) {
                append(paths, previous, border, pathAt(previous, image, temporary));
            }
            previous = border;
        }
        return paths;
    }

    private void addBorders(SortedSet<Long> borders, long from, long to) {
        for (long border : new long[] {from, to}) {
            long rounded = roundUp(Math.max(0, border));
            if (rounded > loads.start() && rounded < loads.end()) {
                borders.add(rounded);
            }
        }
    }

    /** Load addresses at which the identity mapping and the image need the same entry of the clash level. */
    private AddressRange clashRange(Region image) {
        long span = layout.granule().entrySpan(layout.clashLevel());
        long from = (image.range().start() & -span) - identitySize + 1;
        long to = (image.range().end() + span - 1) & -span;
        return new AddressRange(Math.max(0, from), to);
    }

    private LoadPath.Kind pathAt(long load, Optional<Region> image, Optional<Region> temporary) {
        if (load + identitySize > layout.addressLimit()) {
            return LoadPath.Kind.IMPOSSIBLE;
        }
        if (image.isPresent() && image.get().range().start() == load && temporary.isEmpty()) {
            return LoadPath.Kind.NONE_NEEDED;
        }
        if (temporary.isPresent()) {
            boolean overlaps = temporary.get().range().intersects(new AddressRange(load, load + identitySize));
            return overlaps ? LoadPath.Kind.DIRECT : LoadPath.Kind.TEMPORARY;
        }
        return image.isPresent() && clashRange(image.get()).contains(load)
                ? LoadPath.Kind.IMPOSSIBLE
                : LoadPath.Kind.DIRECT;
    }

    private static void append(List<LoadPath> paths, long from, long to, LoadPath.Kind kind) {
        if (!paths.isEmpty() && paths.getLast().kind() == kind) {
            long start = paths.removeLast().loadAddresses().start();
            paths.add(new LoadPath(new AddressRange(start, to), kind));
        } else {
            paths.add(new LoadPath(new AddressRange(from, to), kind));
        }
    }
}
