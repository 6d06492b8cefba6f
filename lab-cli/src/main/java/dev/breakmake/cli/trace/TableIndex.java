package dev.breakmake.cli.trace;

import dev.breakmake.translation.descriptor.Descriptor;
import dev.breakmake.translation.descriptor.DescriptorFormat;
import dev.breakmake.translation.descriptor.Kind;
import dev.breakmake.translation.register.Regime;
import dev.breakmake.translation.register.RegimeConfiguration;
import dev.breakmake.translation.register.TranslationRoot;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which tree each table belongs to now, at which level and for which input addresses. */
final class TableIndex {

    private static final int MOST_TABLES = 65_536;

    /**
     * A table in a tree.
     *
     * @param regime the regime
     * @param root physical address of the tree's root
     * @param live PEs that translate with that root now
     * @param level level of the table
     * @param base input address its first entry serves
     * @param format how its words are read
     */
    record Place(Regime regime, long root, Set<Integer> live, int level, long base, DescriptorFormat format) {

        /** Input address of an entry. */
        long address(int index) {
            return base + index * format.span(level);
        }

        /** A word of this table, decoded. */
        Descriptor decode(long word) {
            return Descriptor.decode(format, level, word);
        }
    }

    private final Map<Long, List<Place>> places = new HashMap<>();

    /** Reads the trees of every PE and regime whose root is set. */
    static TableIndex of(TableState state) {
        TableIndex index = new TableIndex();
        Map<String, Set<Integer>> live = new HashMap<>();
        for (int pe = 0; pe < state.pes(); pe++) {
            for (Regime regime : Regime.values()) {
                RegimeConfiguration configuration = state.configuration(pe, regime);
                if (!configuration.enabled() && regime != state.hypervisorRegime() && regime != Regime.STAGE2) {
                    continue; // EL2 and EL2&0 share a root register: only the one in use is meant
                }
                for (TranslationRoot root : configuration.roots()) {
                    if (root.base() == 0) {
                        continue;
                    }
                    String key = regime + " " + root.base() + " " + root.index();
                    boolean known = live.containsKey(key);
                    Set<Integer> users = live.computeIfAbsent(key, _ -> new HashSet<>());
                    if (configuration.enabled()) {
                        users.add(pe);
                    }
                    if (!known) {
                        index.add(state, configuration, root, users);
                    }
                }
            }
        }
        return index;
    }

    private void add(TableState state, RegimeConfiguration configuration, TranslationRoot root, Set<Integer> live) {
        DescriptorFormat format = DescriptorFormat.of(configuration, root);
        long start = root.inputBits() >= 64 ? 0 : root.input().start() & -(1L << root.inputBits());
        Deque<Long> tables = new ArrayDeque<>();
        Map<Long, Place> open = new HashMap<>();
        long bytes = 1L << root.granule().shift();
        for (int i = 0; i < root.tables(); i++) {
            long table = root.base() + i * bytes;
            long base = start + i * (bytes / 8) * format.span(root.startLevel());
            open.put(table, new Place(configuration.regime(), root.base(), live, root.startLevel(), base, format));
            tables.add(table);
        }
        while (!tables.isEmpty() && places.size() < MOST_TABLES) {
            long table = tables.remove();
            Place place = open.get(table);
            if (place == null) {
                continue;
            }
            places.computeIfAbsent(table, _ -> new ArrayList<>()).add(place);
            int entries = table == root.base() && root.tables() == 1 ? root.entries() : (int) (bytes / 8);
            for (int i = 0; i < entries; i++) {
                long word = state.read64(table + 8L * i);
                if (format.kind(word, place.level()) == Kind.TABLE) {
                    long next = format.address(word);
                    if (open.putIfAbsent(
                                    next,
                                    new Place(
                                            place.regime(),
                                            place.root(),
                                            live,
                                            place.level() + 1,
                                            place.address(i),
                                            format))
                            == null) {
                        tables.add(next);
                    }
                }
            }
        }
    }

    /** The trees the table of a descriptor belongs to; empty for a table no root reaches. */
    List<Place> of(long descriptorPa) {
        return places.getOrDefault(table(descriptorPa), List.of());
    }

    /** The table a descriptor stands in, for 4 KiB tables. */
    static long table(long descriptorPa) {
        return descriptorPa & ~0xfffL;
    }

    /** {@code EL2 root 0x4029d000, live on PE0} for headings. */
    static String title(@Nullable Place place) {
        if (place == null) {
            return "in no tree";
        }
        String users = place.live().isEmpty()
                ? "not live"
                : "live on "
                        + place.live().stream().sorted().map(pe -> "PE" + pe).collect(Collectors.joining(", "));
        return "%s root 0x%x, %s".formatted(place.regime(), place.root(), users);
    }
}
