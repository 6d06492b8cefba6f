package dev.breakmake.translation.layout;

import dev.breakmake.translation.event.AddressRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What each load address means to a layout, as neighbouring intervals that together cover all load addresses asked for, for the smallest
 * and for the largest image of a range of sizes. Both ends suffice: what an image of some size covers, a larger one covers too.
 */
public final class LoadSweep {

    /** What a load address means, from harmless to worst. */
    public enum State {
        /** The identity mapping needs nothing the runtime mapping has. */
        CLEAR,
        /** The identity mapping has to hang its tables into those of the runtime mapping. */
        SHARES_TABLES,
        /** The identity mapping covers addresses that a runtime region wants: both cannot exist at the same time. */
        CLASHES,
        /** There is no place for an identity mapping. */
        IMPOSSIBLE
    }

    /**
     * The state of load addresses for one size of image, and why.
     *
     * @param state what it means
     * @param causes names of regions or a reason, in order of address; empty when CLEAR
     */
    public record Meaning(State state, List<String> causes) {
        public Meaning {
            causes = List.copyOf(causes);
        }

        /** Form for people, for example {@code clashes with FIXMAP}. */
        public String text() {
            String list = String.join(", ", causes);
            return switch (state) {
                case CLEAR -> "clear";
                case SHARES_TABLES -> "shares tables: " + list;
                case CLASHES -> "clashes with " + list;
                case IMPOSSIBLE -> "impossible: " + list;
            };
        }
    }

    /**
     * Neighbouring load addresses that mean the same.
     *
     * @param loadAddresses physical load addresses, end exclusive
     * @param smallest for the smallest image
     * @param largest for the largest image
     * @param path way of the start code with the smallest image
     */
    public record Row(AddressRange loadAddresses, Meaning smallest, Meaning largest, LoadPath.Kind path) {

        /** Whether it depends on the size of the image. */
        public boolean dependsOnSize() {
            return !smallest.equals(largest);
        }

        private boolean sameAs(Row other) {
            return smallest.equals(other.smallest) && largest.equals(other.largest) && path == other.path;
        }
    }

    private final AddressRange loads;
    private final long step;
    private final List<IdentityClash> ofSmallest;
    private final List<IdentityClash> ofLargest;
    private final List<LoadPath> paths;

    /**
     * A sweep.
     *
     * @param layout the layout
     * @param loads load addresses to look at, end exclusive, at most 2^62
     * @param smallestImage bytes of the smallest image
     * @param largestImage bytes of the largest image, not below the smallest
     * @param step load addresses are multiples of this
     * @throws IllegalArgumentException if one of them makes no sense
     */
    public LoadSweep(Layout layout, AddressRange loads, long smallestImage, long largestImage, long step) {
        if (largestImage < smallestImage) {
            throw new IllegalArgumentException("the largest image, 0x%x bytes, is smaller than the smallest, 0x%x"
                    .formatted(largestImage, smallestImage));
        }
        ClashAnalysis small = new ClashAnalysis(layout, loads, smallestImage, step);
        this.loads = loads;
        this.step = step;
        this.ofSmallest = small.clashes();
        this.paths = small.paths();
        this.ofLargest = largestImage == smallestImage
                ? ofSmallest
                : new ClashAnalysis(layout, loads, largestImage, step).clashes();
    }

    /** The intervals in ascending order; neighbours differ. */
    public List<Row> rows() {
        TreeSet<Long> borders = new TreeSet<>();
        borders.add(roundUp(loads.start()));
        borders.add(loads.end());
        ofSmallest.forEach(clash -> add(borders, clash.loadAddresses()));
        ofLargest.forEach(clash -> add(borders, clash.loadAddresses()));
        paths.forEach(path -> add(borders, path.loadAddresses()));
        List<Row> rows = new ArrayList<>();
        Long from = null;
        for (long border : borders) {
            if (from != null && from < border) {
                append(rows, row(from, border));
            }
            from = border;
        }
        return rows;
    }

    private long roundUp(long address) {
        return (address + step - 1) & -step;
    }

    private void add(Set<Long> borders, AddressRange range) {
        borders.add(Math.min(loads.end(), roundUp(range.start())));
        borders.add(Math.min(loads.end(), roundUp(range.end())));
    }

    private Row row(long from, long to) {
        LoadPath.Kind path = paths.stream()
                .filter(each -> each.loadAddresses().contains(from))
                .map(LoadPath::kind)
                .findFirst()
                .orElse(LoadPath.Kind.IMPOSSIBLE);
        Meaning smallest = meaning(ofSmallest, from);
        // Start code that would go ahead is stopped by the check for the reserved area.
        LoadPath.Kind taken = smallest.state() == State.IMPOSSIBLE ? LoadPath.Kind.IMPOSSIBLE : path;
        return new Row(new AddressRange(from, to), smallest, meaning(ofLargest, from), taken);
    }

    private static Meaning meaning(List<IdentityClash> clashes, long load) {
        List<IdentityClash> here = clashes.stream()
                .filter(clash -> clash.loadAddresses().contains(load))
                .toList();
        if (has(here, IdentityClash.Kind.BEYOND_ADDRESS_SPACE)) {
            return new Meaning(State.IMPOSSIBLE, List.of("no VA equals the PA"));
        }
        if (has(here, IdentityClash.Kind.OUTSIDE_RESERVED)) {
            return new Meaning(State.IMPOSSIBLE, List.of("outside the reserved area"));
        }
        if (has(here, IdentityClash.Kind.SAME_ADDRESS)) {
            return new Meaning(State.CLASHES, names(here, IdentityClash.Kind.SAME_ADDRESS, -1));
        }
        int lowest = here.stream().mapToInt(IdentityClash::level).max().orElse(-1);
        if (lowest < 0) {
            return new Meaning(State.CLEAR, List.of());
        }
        String names = String.join(", ", names(here, IdentityClash.Kind.SHARED_TABLE, lowest));
        return new Meaning(State.SHARES_TABLES, List.of("level %d entry with %s".formatted(lowest, names)));
    }

    private static boolean has(List<IdentityClash> clashes, IdentityClash.Kind kind) {
        return clashes.stream().anyMatch(clash -> clash.kind() == kind);
    }

    private static List<String> names(List<IdentityClash> clashes, IdentityClash.Kind kind, int level) {
        return clashes.stream()
                .filter(clash -> clash.kind() == kind && clash.level() == level)
                .map(IdentityClash::region)
                .filter(region -> region != null)
                .sorted((a, b) -> Long.compare(a.range().start(), b.range().start()))
                .map(Region::name)
                .collect(Collectors.toList());
    }

    private static void append(List<Row> rows, Row row) {
        Row last = rows.isEmpty() ? null : rows.getLast();
        if (last != null && last.sameAs(row)) {
            rows.removeLast();
            rows.add(new Row(
                    new AddressRange(
                            last.loadAddresses().start(), row.loadAddresses().end()),
                    row.smallest(),
                    row.largest(),
                    row.path()));
        } else {
            rows.add(row);
        }
    }
}
