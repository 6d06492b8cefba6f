package dev.breakmake.translation.finding;

import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.event.NamedRegion;
import dev.breakmake.translation.rule.Clock;
import dev.breakmake.translation.rule.Profile;
import dev.breakmake.translation.rule.Reporter;
import dev.breakmake.translation.rule.RuleCatalogue;
import dev.breakmake.translation.rule.RuleId;
import dev.breakmake.translation.rule.Severity;
import dev.breakmake.translation.rule.Violation;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Turns violations into findings: applies the profile, merges repetitions, names code and regions. */
public final class FindingCollector implements Reporter {
    private static final int RANGES = 64;

    /** What makes two violations the same finding. */
    private record Key(
            RuleId rule, String regime, int level, @Nullable String region, long pc) {

        // Written out: what a record's own ones are made of at run time takes a short process milliseconds (decision
        // 0600).
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key that
                    && rule == that.rule
                    && regime.equals(that.regime)
                    && level == that.level
                    && Objects.equals(region, that.region)
                    && pc == that.pc;
        }

        @Override
        public int hashCode() {
            return 31 * (31 * rule.hashCode() + level) + Long.hashCode(pc) ^ regime.hashCode();
        }
    }

    private static final class Entry {
        Place first;
        Severity severity;
        long step;
        Violation violation = new Violation();
        final @Nullable String region;
        final List<AddressRange> ranges = new ArrayList<>();
        long count = 1;
        long pes;

        Entry(Place first, Severity severity, long step, @Nullable String region) {
            this.first = first;
            this.severity = severity;
            this.step = step;
            this.region = region;
        }

        void worse(Place place, Severity graded, long at) {
            first = place;
            severity = graded;
            step = at;
            violation = new Violation();
        }
    }

    private final Profile profile;
    private final SymbolSource symbols;
    private final Clock clock;
    private final Map<Key, Entry> entries = new LinkedHashMap<>();
    private final Map<RuleId, String> unseen = new EnumMap<>(RuleId.class);
    private final List<String> regionNames = new ArrayList<>();
    private final List<AddressRange> regions = new ArrayList<>();
    private List<NamedRegion> memory = List.of();

    /** Collects under a profile. */
    public FindingCollector(Profile profile, SymbolSource symbols, Clock clock) {
        this.profile = profile;
        this.symbols = symbols;
        this.clock = clock;
    }

    @Override
    public void region(String name, AddressRange range) {
        regionNames.add(name);
        regions.add(range);
    }

    @Override
    public void memory(List<NamedRegion> named) {
        memory = List.copyOf(named);
    }

    /** The smallest declared region that holds the place, else the part of the image; rules of memory have physical addresses. */
    private @Nullable String regionOf(Place place) {
        if (place.size() == 0) {
            return null;
        }
        String declared = place.regime().isEmpty() ? memoryAt(place.start()) : declaredAt(place.start());
        return declared == null ? symbols.section(place.start()) : declared;
    }

    private @Nullable String memoryAt(long pa) {
        NamedRegion best = null;
        for (NamedRegion region : memory) {
            if (region.physical().contains(pa)
                    && (best == null
                            || Long.compareUnsigned(
                                            region.physical().size(),
                                            best.physical().size())
                                    < 0)) {
                best = region;
            }
        }
        return best == null ? null : best.name();
    }

    private @Nullable String declaredAt(long start) {
        String best = null;
        long bestSize = -1;
        for (int i = 0; i < regions.size(); i++) {
            AddressRange range = regions.get(i);
            if (range.contains(start) && Long.compareUnsigned(range.size(), bestSize) <= 0) {
                best = regionNames.get(i);
                bestSize = range.size();
            }
        }
        return best;
    }

    @Override
    public @Nullable Violation report(RuleId rule, @Nullable Severity grade, Place place) {
        Severity severity = profile.severity(rule);
        if (severity == null) {
            return null;
        }
        Severity graded = grade == null ? severity : grade.milderOf(severity);
        if (grade == Severity.LINT && severity != Severity.LINT && !profile.showsLints()) {
            return null;
        }
        String region = regionOf(place);
        Key key = new Key(rule, place.regime(), place.level(), region, place.pc());
        Entry entry = entries.get(key);
        if (entry != null) {
            entry.count++;
            entry.pes |= place.pes();
            add(entry.ranges, place);
            if (!entry.severity.atLeast(graded)) {
                // The worse case is the one to tell.
                entry.worse(place, graded, clock.step());
                return entry.violation;
            }
            return null;
        }
        Entry made = new Entry(place, graded, clock.step(), region);
        made.pes = place.pes();
        add(made.ranges, place);
        entries.put(key, made);
        return made.violation;
    }

    private static void add(List<AddressRange> ranges, Place place) {
        if (place.size() == 0) {
            return;
        }
        long start = place.start();
        long end = start + place.size();
        if (Long.compareUnsigned(end, start) < 0) {
            end = 0; // Ends with the address space.
        }
        for (int i = 0; i < ranges.size(); i++) {
            AddressRange range = ranges.get(i);
            boolean meets = Long.compareUnsigned(start, range.end()) <= 0
                    && Long.compareUnsigned(range.start(), end) <= 0
                    && range.end() != 0
                    && end != 0;
            if (meets) {
                long from = Long.compareUnsigned(start, range.start()) < 0 ? start : range.start();
                long to = Long.compareUnsigned(end, range.end()) > 0 ? end : range.end();
                ranges.set(i, new AddressRange(from, to));
                return;
            }
        }
        if (ranges.size() < RANGES) {
            ranges.add(new AddressRange(start, end));
        }
    }

    @Override
    public void notObservable(RuleId rule, String why) {
        if (profile.severity(rule) != null) {
            unseen.putIfAbsent(rule, why);
        }
    }

    /** Rules that could not be judged, and why. */
    public Map<RuleId, String> notObservable() {
        return Map.copyOf(unseen);
    }

    /** The findings so far, in order of their first occurrence. */
    public List<Finding> findings() {
        List<Finding> findings = new ArrayList<>(entries.size());
        entries.forEach((key, entry) -> findings.add(finding(key, entry)));
        return findings;
    }

    private Finding finding(Key key, Entry entry) {
        Violation violation = entry.violation;
        SymbolSource.CodeSymbol symbol = symbols.at(key.pc());
        List<Integer> pes = new ArrayList<>();
        for (long m = entry.pes; m != 0; m &= m - 1) {
            pes.add(Long.numberOfTrailingZeros(m));
        }
        List<Evidence> why = new ArrayList<>();
        for (Violation.Cause cause : violation.causes()) {
            SymbolSource.CodeSymbol at = symbols.at(cause.pc());
            why.add(new Evidence(
                    Clock.stepOf(cause.time()),
                    cause.pe(),
                    cause.pc(),
                    at == null ? null : at.toString(),
                    cause.text()));
        }
        List<String> compliant =
                violation.compliant().isEmpty() ? RuleCatalogue.of(key.rule()).compliant() : violation.compliant();
        String tag = entry.first.tag();
        List<AddressRange> ranges = new ArrayList<>(entry.ranges);
        ranges.sort((a, b) -> Long.compareUnsigned(a.start(), b.start()));
        return new Finding(
                key.rule(),
                entry.severity,
                entry.count,
                pes,
                entry.step,
                key.pc(),
                symbol == null ? null : symbol.toString(),
                symbol == null ? null : symbol.source(),
                tag.isEmpty() || key.regime().isEmpty() ? key.regime() : key.regime() + " (" + tag + ")",
                entry.region,
                ranges,
                value(violation.before()),
                value(violation.after()),
                violation.message(),
                why,
                compliant,
                Fingerprint.of(
                        key.rule().id(),
                        key.regime(),
                        key.level(),
                        entry.region,
                        symbol == null ? null : symbol.name()),
                new LinkedHashMap<>(violation.evidence()));
    }

    private static @Nullable DescriptorValue value(Violation.@Nullable Value value) {
        return value == null ? null : new DescriptorValue(value.value(), value.text());
    }
}
