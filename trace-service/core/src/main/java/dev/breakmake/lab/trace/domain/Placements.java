package dev.breakmake.lab.trace.domain;

import dev.breakmake.translation.descriptor.DescriptorFormat;
import dev.breakmake.translation.descriptor.Kind;
import dev.breakmake.translation.register.Regime;
import dev.breakmake.translation.register.RegimeConfiguration;
import dev.breakmake.translation.register.TranslationRoot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Where every table that some PE's registers reach stands: by root, level and input address. */
final class Placements {

    /** Bounds the work on hostile tables that link each other in circles or fans. */
    private static final int LIMIT = 200_000;

    private final Map<Long, List<Place>> byPage = new HashMap<>();
    private final Set<Place> seen = new HashSet<>();
    private int visited;

    /**
     * A table (its first {@code entries} descriptors) in a tree.
     *
     * @param input input address that entry 0 translates
     * @param live whether a PE uses the root with the regime enabled
     */
    record Place(
            Regime regime,
            long root,
            boolean live,
            DescriptorFormat format,
            long table,
            int level,
            long input,
            int entries) {

        boolean holds(long pa) {
            return Long.compareUnsigned(pa, table) >= 0 && Long.compareUnsigned(pa, table + 8L * entries) < 0;
        }

        int index(long pa) {
            return (int) ((pa - table) >>> 3);
        }

        long inputOf(long pa) {
            return input + index(pa) * format.span(level);
        }
    }

    private record Root(Regime regime, RegimeConfiguration configuration, TranslationRoot root) {}

    /** The placements at a moment. */
    static Placements at(Moment moment) {
        Placements placements = new Placements();
        Map<Root, Boolean> roots = new LinkedHashMap<>();
        for (int pe = 0; pe < moment.peCount(); pe++) {
            for (Regime regime : moment.regimes(pe)) {
                RegimeConfiguration configuration = moment.configuration(pe, regime);
                for (TranslationRoot root : configuration.roots()) {
                    // A root of 0 is a register never written, unless something is enabled there.
                    if (root.base() != 0 || configuration.enabled()) {
                        roots.merge(new Root(regime, configuration, root), configuration.enabled(), Boolean::logicalOr);
                    }
                }
            }
        }
        roots.forEach((root, live) -> placements.add(moment, root, live));
        return placements;
    }

    private void add(Moment moment, Root root, boolean live) {
        DescriptorFormat format = DescriptorFormat.of(root.configuration(), root.root());
        visit(
                moment,
                root.configuration().bigEndian(),
                new Place(
                        root.regime(),
                        root.root().base(),
                        live,
                        format,
                        root.root().base(),
                        root.root().startLevel(),
                        root.root().input().start(),
                        root.root().entries()));
    }

    private void visit(Moment moment, boolean bigEndian, Place place) {
        if (++visited > LIMIT || !seen.add(place)) {
            return;
        }
        for (long page = place.table() & -4096L;
                Long.compareUnsigned(page, place.table() + 8L * place.entries()) < 0;
                page += 4096) {
            byPage.computeIfAbsent(page, key -> new ArrayList<>(1)).add(place);
        }
        if (place.level() >= 3) {
            return;
        }
        for (int i = 0; i < place.entries(); i++) {
            long word = moment.memory().read64(place.table() + 8L * i);
            if (word == 0) {
                continue;
            }
            word = bigEndian ? Long.reverseBytes(word) : word;
            if (place.format().kind(word, place.level()) == Kind.TABLE) {
                visit(
                        moment,
                        bigEndian,
                        new Place(
                                place.regime(),
                                place.root(),
                                place.live(),
                                place.format(),
                                place.format().address(word),
                                place.level() + 1,
                                place.input() + i * place.format().span(place.level()),
                                1 << place.format().granule().bitsPerLevel()));
            }
        }
    }

    /** Places of the table that holds the descriptor at {@code pa}; live ones first. */
    List<Place> of(long pa) {
        List<Place> places = new ArrayList<>();
        for (Place place : byPage.getOrDefault(pa & -4096L, List.of())) {
            if (place.holds(pa)) {
                places.add(place);
            }
        }
        places.sort((a, b) -> Boolean.compare(b.live(), a.live()));
        return places;
    }
}
