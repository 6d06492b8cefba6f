package dev.breakmake.translation.walk;

import dev.breakmake.translation.descriptor.DescriptorFormat;
import dev.breakmake.translation.descriptor.Kind;
import dev.breakmake.translation.register.RegimeConfiguration;
import dev.breakmake.translation.register.TranslationRoot;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything a regime translates, as ranges in ascending unsigned order of input address. Reading is bounded: tables that refer to
 * themselves or to garbage give an incomplete map, never an endless one.
 */
public final class AddressSpaceMap {
    /** Enough for 1 GiB of 4 KiB tables. */
    public static final Bounds DEFAULT_BOUNDS = new Bounds(262_144, 1_048_576);

    private final List<MappedRange> ranges;
    private final int tables;
    private final boolean complete;

    /**
     * Limits of one map.
     *
     * @param tables tables read at most, counting one reached on two ways twice
     * @param ranges ranges kept at most
     */
    public record Bounds(int tables, int ranges) {
        public Bounds {
            if (tables < 1 || ranges < 1) {
                throw new IllegalArgumentException(
                        "bounds must be positive: tables=%d, ranges=%d".formatted(tables, ranges));
            }
        }
    }

    private AddressSpaceMap(List<MappedRange> ranges, int tables, boolean complete) {
        this.ranges = List.copyOf(ranges);
        this.tables = tables;
        this.complete = complete;
    }

    /** Reads the map of a configuration, enabled or not. */
    public static AddressSpaceMap of(RegimeConfiguration configuration, MemoryView memory) {
        return of(configuration, memory, DEFAULT_BOUNDS);
    }

    /** Reads the map within bounds. */
    public static AddressSpaceMap of(RegimeConfiguration configuration, MemoryView memory, Bounds bounds) {
        Builder builder = new Builder(configuration, memory, bounds);
        for (TranslationRoot root : configuration.roots()) {
            builder.addRoot(root);
        }
        return new AddressSpaceMap(builder.ranges, builder.tables, builder.complete);
    }

    /** The ranges in ascending unsigned order. */
    public List<MappedRange> ranges() {
        return ranges;
    }

    /** Tables read. */
    public int tables() {
        return tables;
    }

    /** Whether nothing was left out for the bounds. */
    public boolean complete() {
        return complete;
    }

    /** The range that maps an address, or null. */
    public @Nullable MappedRange at(long address) {
        int low = 0;
        int high = ranges.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            MappedRange range = ranges.get(middle);
            if (range.contains(address)) {
                return range;
            }
            if (Long.compareUnsigned(range.start(), address) < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return null;
    }

    /** What another map, taken later or of another tree, translates differently. */
    public MapDifference differenceTo(AddressSpaceMap after) {
        return MapDifference.between(this, after);
    }

    private static final class Builder {
        private final RegimeConfiguration configuration;
        private final MemoryView memory;
        private final Bounds bounds;
        private final List<MappedRange> ranges = new ArrayList<>();
        private int tables;
        private boolean complete = true;

        private Builder(RegimeConfiguration configuration, MemoryView memory, Bounds bounds) {
            this.configuration = configuration;
            this.memory = memory;
            this.bounds = bounds;
        }

        private void addRoot(TranslationRoot root) {
            if (root.base() >>> configuration.outputBits() != 0) {
                return;
            }
            // AArch32 TTBR1 with T1SZ = 0 serves only the top of what its tables describe.
            long tableStart = root.inputBits() >= 64 ? 0 : root.input().start() & -(1L << root.inputBits());
            addTable(
                    root,
                    DescriptorFormat.of(configuration, root),
                    root.base(),
                    root.startLevel(),
                    root.entries(),
                    tableStart,
                    0);
        }

        private void addTable(
                TranslationRoot root,
                DescriptorFormat format,
                long table,
                int level,
                int entries,
                long start,
                long tableAttributes) {
            if (tables >= bounds.tables()) {
                complete = false;
                return;
            }
            tables++;
            long span = format.span(level);
            for (int index = 0; index < entries && complete; index++) {
                long location = table + 8L * index;
                long input = start + index * span;
                if (!root.input().contains(input) || !memory.present(location)) {
                    continue;
                }
                long word = memory.read64(location);
                if (word == 0) {
                    continue;
                }
                addEntry(
                        root,
                        format,
                        configuration.bigEndian() ? Long.reverseBytes(word) : word,
                        level,
                        input,
                        tableAttributes);
            }
        }

        private void addEntry(
                TranslationRoot root, DescriptorFormat format, long word, int level, long input, long tableAttributes) {
            Kind kind = format.kind(word, level);
            if (!kind.valid() || format.addressTooLarge(word)) {
                return;
            }
            if (kind == Kind.TABLE) {
                long attributes = root.hierarchicalDisabled() ? 0 : tableAttributes | format.tableAttributes(word);
                int entries = 1 << root.granule().bitsPerLevel();
                addTable(root, format, format.address(word), level + 1, entries, input, attributes);
            } else if (format.accessFlag(word) || configuration.hardwareAccessFlag()) {
                Translation leaf = Walker.translation(configuration, format, input, level, word, tableAttributes);
                append(new MappedRange(
                        input,
                        input + leaf.size() - 1,
                        leaf.output(),
                        leaf.memoryType(),
                        leaf.shareability(),
                        leaf.permissions(),
                        leaf.notGlobal()));
            }
        }

        private void append(MappedRange next) {
            if (!ranges.isEmpty() && ranges.getLast().continuedBy(next)) {
                ranges.set(ranges.size() - 1, ranges.getLast().upTo(next.last()));
            } else if (ranges.size() >= bounds.ranges()) {
                complete = false;
            } else {
                ranges.add(next);
            }
        }
    }
}
