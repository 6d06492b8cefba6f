package dev.breakmake.translation.walk;

import dev.breakmake.translation.event.AddressRange;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How two maps differ.
 *
 * @param differences ranges that are not identical, in ascending unsigned order of input address
 * @param bytes bytes per kind, identical ones included; a kind that does not occur has 0
 * @param complete whether both maps were complete; if not, more may differ
 */
public record MapDifference(List<Difference> differences, Map<Kind, Long> bytes, boolean complete) {

    public MapDifference {
        differences = List.copyOf(differences);
        bytes = Map.copyOf(bytes);
    }

    /** How a range compares. */
    public enum Kind {
        /** Same output address, type, shareability, scope and rights. */
        IDENTICAL,
        /** Only the rights differ. */
        PERMISSION_ONLY,
        /** Mapped before, not after. */
        REMOVED,
        /** Mapped after, not before. */
        ADDED,
        /** Mapped in both, to another address or with another type, shareability or scope. */
        CONFLICTING
    }

    /**
     * One range that differs.
     *
     * @param input input addresses
     * @param kind how
     * @param before what mapped it before, or null
     * @param after what maps it after, or null
     */
    public record Difference(
            AddressRange input,
            Kind kind,
            @Nullable MappedRange before,
            @Nullable MappedRange after) {}

    /** The differences of a kind. */
    public List<Difference> of(Kind kind) {
        return differences.stream().filter(d -> d.kind() == kind).toList();
    }

    /** Whether both maps translate every address alike. */
    public boolean identical() {
        return differences.isEmpty() && complete;
    }

    /** Counts and sizes in one line for people. */
    public String summary() {
        StringBuilder text = new StringBuilder();
        for (Kind kind : Kind.values()) {
            text.append(text.isEmpty() ? "" : ", ")
                    .append(kind.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                    .append(' ')
                    .append(kibibytes(bytes.getOrDefault(kind, 0L)))
                    .append(" KiB");
            if (kind != Kind.IDENTICAL) {
                text.append(" in ").append(of(kind).size()).append(" ranges");
            }
        }
        return complete ? text.toString() : text + " (incomplete: bounds reached)";
    }

    private static long kibibytes(long bytes) {
        return bytes >>> 10;
    }

    static MapDifference between(AddressSpaceMap before, AddressSpaceMap after) {
        Sweep sweep = new Sweep(before.ranges(), after.ranges());
        sweep.run();
        return new MapDifference(sweep.differences, sweep.bytes, before.complete() && after.complete());
    }

    /** Walks both sorted lists once; every address is looked at in the segment between two borders. */
    private static final class Sweep {
        private final List<MappedRange> before;
        private final List<MappedRange> after;
        private final List<Difference> differences = new ArrayList<>();
        private final Map<Kind, Long> bytes = new EnumMap<>(Kind.class);

        private Sweep(List<MappedRange> before, List<MappedRange> after) {
            this.before = before;
            this.after = after;
            for (Kind kind : Kind.values()) {
                bytes.put(kind, 0L);
            }
        }

        private void run() {
            int i = 0;
            int j = 0;
            long position = 0;
            while (i < before.size() || j < after.size()) {
                MappedRange old = i < before.size() ? before.get(i) : null;
                MappedRange now = j < after.size() ? after.get(j) : null;
                boolean inOld = old != null && old.contains(position);
                boolean inNow = now != null && now.contains(position);
                if (!inOld && !inNow) {
                    position = nextStart(old, now);
                    continue;
                }
                long last = inOld && inNow
                        ? least(required(old).last(), required(now).last())
                        : inOld
                                ? clip(required(old).last(), now)
                                : clip(required(now).last(), old);
                add(position, last, inOld ? old : null, inNow ? now : null);
                if (inOld && required(old).last() == last) {
                    i++;
                }
                if (inNow && required(now).last() == last) {
                    j++;
                }
                position = last + 1;
            }
        }

        private static MappedRange required(@Nullable MappedRange range) {
            return Objects.requireNonNull(range);
        }

        private static long least(long a, long b) {
            return Long.compareUnsigned(a, b) < 0 ? a : b;
        }

        /** The end of a segment that only one side maps: its own end, or just before the other side begins. */
        private static long clip(long last, @Nullable MappedRange other) {
            return other == null ? last : least(last, other.start() - 1);
        }

        private static long nextStart(@Nullable MappedRange old, @Nullable MappedRange now) {
            if (old == null || now == null) {
                return required(old == null ? now : old).start();
            }
            return least(old.start(), now.start());
        }

        private void add(long start, long last, @Nullable MappedRange old, @Nullable MappedRange now) {
            Kind kind = kind(start, old, now);
            bytes.merge(kind, last - start + 1, Long::sum);
            if (kind != Kind.IDENTICAL) {
                differences.add(new Difference(new AddressRange(start, last + 1), kind, old, now));
            }
        }

        private static Kind kind(long start, @Nullable MappedRange old, @Nullable MappedRange now) {
            if (old == null) {
                return Kind.ADDED;
            }
            if (now == null) {
                return Kind.REMOVED;
            }
            if (old.outputOf(start) != now.outputOf(start) || !old.sameAttributes(now)) {
                return Kind.CONFLICTING;
            }
            return old.permissions() == now.permissions() ? Kind.IDENTICAL : Kind.PERMISSION_ONLY;
        }
    }
}
