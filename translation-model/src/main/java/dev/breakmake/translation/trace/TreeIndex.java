package dev.breakmake.translation.trace;

import dev.breakmake.translation.descriptor.Descriptor;
import dev.breakmake.translation.descriptor.DescriptorFormat;
import dev.breakmake.translation.descriptor.Kind;
import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.RegisterWrite;
import dev.breakmake.translation.event.TraceHeader;
import dev.breakmake.translation.event.TranslationRegister;
import dev.breakmake.translation.register.HypervisorConfiguration;
import dev.breakmake.translation.register.Implementation;
import dev.breakmake.translation.register.Regime;
import dev.breakmake.translation.register.RegimeConfiguration;
import dev.breakmake.translation.register.RegisterFile;
import dev.breakmake.translation.register.TranslationRoot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds where a descriptor stands: from its table upwards through the words that point to it, to every root seen so far. Words in
 * level 3 tables point to pages in the same way, so a candidate counts only if it is a table descriptor at the level it is reached at.
 */
final class TreeIndex {
    /** Places of one descriptor at most; hostile tables could have millions. */
    private static final int MAX_PLACES = 64;

    /** Links followed for one step at most, for the same reason; what is not found by then is left out. */
    private static final int MAX_LINKS = 1 << 20;

    /** Roots remembered at most, beside those in use. */
    private static final int MAX_ROOTS = 1024;

    private static final long ADDRESS = 0xffff_ffff_f000L;
    private static final Regime[] A64_REGIMES = {Regime.EL2, Regime.EL2_0, Regime.EL1_0, Regime.STAGE2};
    private static final Regime[] A32_REGIMES = {Regime.HYP, Regime.PL1_0, Regime.STAGE2};

    private final Implementation implementation;
    private final Regime[] regimes;
    private final TableReplay memory = new TableReplay();
    private final Map<Long, Set<Long>> parents = new HashMap<>();
    private final Map<Integer, RegisterFile> files = new HashMap<>();
    private final Map<RootKey, Root> roots = new LinkedHashMap<>();

    private record RootKey(Regime regime, long base, int startLevel, AddressRange input) {}

    private record Root(Regime regime, TranslationRoot tree, DescriptorFormat format) {
        RootKey key() {
            return new RootKey(regime, tree.base(), tree.startLevel(), tree.input());
        }
    }

    /** A table under a root: what its entry 0 serves. */
    private record Position(int level, long input) {}

    TreeIndex(TraceHeader header) {
        this.implementation = Implementation.of(header);
        this.regimes = header.architecture() == Architecture.AARCH64 ? A64_REGIMES : A32_REGIMES;
    }

    void write(long pa, long before, long after) {
        long old = memory.read64(pa);
        unlink(pa, old);
        unlink(pa, before);
        memory.replace(pa, after);
        if ((after & 3) == 3) {
            parents.computeIfAbsent(after & ADDRESS, key -> new HashSet<>(2)).add(pa);
        }
    }

    private void unlink(long pa, long word) {
        if ((word & 3) == 3) {
            Set<Long> set = parents.get(word & ADDRESS);
            if (set != null && set.remove(pa) && set.isEmpty()) {
                parents.remove(word & ADDRESS);
            }
        }
    }

    void reset(int pe) {
        files.remove(pe);
    }

    void register(RegisterWrite write) {
        RegisterFile file = files.computeIfAbsent(write.pe(), pe -> new RegisterFile(implementation));
        file.apply(write);
        for (Regime regime : regimes) {
            if (!file.known(rootRegister(regime)) || !selected(regime, file)) {
                continue;
            }
            RegimeConfiguration configuration = file.configuration(regime);
            for (TranslationRoot tree : configuration.roots()) {
                Root root = new Root(regime, tree, DescriptorFormat.of(configuration, tree));
                roots.put(root.key(), root);
            }
        }
        if (roots.size() > MAX_ROOTS) {
            Set<RootKey> live = live();
            roots.keySet().removeIf(key -> roots.size() > MAX_ROOTS && !live.contains(key));
        }
    }

    /** HCR_EL2.E2H says which of the two EL2 regimes TTBR0_EL2 belongs to. */
    private static boolean selected(Regime regime, RegisterFile file) {
        boolean host = new HypervisorConfiguration(file.value(TranslationRegister.HCR_EL2)).hostExtensions();
        return switch (regime) {
            case EL2 -> !host;
            case EL2_0 -> host;
            case EL1_0, STAGE2, HYP, PL1_0 -> true;
        };
    }

    private TranslationRegister rootRegister(Regime regime) {
        return switch (regime) {
            case EL2, EL2_0 -> TranslationRegister.TTBR0_EL2;
            case EL1_0 -> TranslationRegister.TTBR0_EL1;
            case STAGE2 ->
                implementation.architecture() == Architecture.AARCH64
                        ? TranslationRegister.VTTBR_EL2
                        : TranslationRegister.VTTBR;
            case HYP -> TranslationRegister.HTTBR;
            case PL1_0 -> TranslationRegister.TTBR0;
        };
    }

    private Set<RootKey> live() {
        Set<RootKey> live = new HashSet<>();
        for (RegisterFile file : files.values()) {
            for (Regime regime : regimes) {
                RegimeConfiguration configuration = file.configuration(regime);
                if (configuration.enabled()) {
                    for (TranslationRoot tree : configuration.roots()) {
                        live.add(new RootKey(regime, tree.base(), tree.startLevel(), tree.input()));
                    }
                }
            }
        }
        return live;
    }

    /** Answers for one moment; positions of tables are computed once. */
    Lookup lookup() {
        return new Lookup(live());
    }

    /** See {@link TreeIndex#lookup}. */
    final class Lookup {
        private final Set<RootKey> live;
        private final Map<RootKey, Map<Long, List<Position>>> positions = new HashMap<>();
        private int followed;

        private Lookup(Set<RootKey> live) {
            this.live = live;
        }

        List<DescriptorDiff.Place> places(long pa, long before, long after) {
            List<DescriptorDiff.Place> places = new ArrayList<>();
            for (Root root : roots.values()) {
                long tableBytes = root.format().granule().bytes();
                long table = rootContains(root, pa) ? root.tree().base() : pa & -tableBytes;
                int index = (int) ((pa - table) >>> 3);
                for (Position position : positionsOf(root, table, 0)) {
                    if (places.size() == MAX_PLACES) {
                        return places;
                    }
                    long span = root.format().span(position.level());
                    long input = position.input() + index * span;
                    places.add(new DescriptorDiff.Place(
                            root.regime(),
                            root.tree().base(),
                            live.contains(root.key()),
                            table,
                            position.level(),
                            index,
                            new AddressRange(input, input + span),
                            Descriptor.decode(root.format(), position.level(), before),
                            Descriptor.decode(root.format(), position.level(), after)));
                }
            }
            return places;
        }

        private static boolean rootContains(Root root, long pa) {
            return Long.compareUnsigned(pa - root.tree().base(), root.tree().bytes()) < 0;
        }

        /** Where a table stands under a root; the walk upwards has at most as many links as there are levels. */
        private List<Position> positionsOf(Root root, long table, int links) {
            Map<Long, List<Position>> memo = positions.computeIfAbsent(root.key(), key -> new HashMap<>());
            List<Position> cached = links == 0 ? memo.get(table) : null;
            if (cached != null) {
                return cached;
            }
            List<Position> found = new ArrayList<>();
            TranslationRoot tree = root.tree();
            if (table == tree.base()) {
                long start = tree.input().start() & -(1L << tree.inputBits());
                found.add(new Position(tree.startLevel(), start));
            }
            if (links < 3 - tree.startLevel()) {
                addFromParents(root, table, links, found);
            }
            if (links == 0) {
                memo.put(table, found);
            }
            return found;
        }

        private void addFromParents(Root root, long table, int links, List<Position> found) {
            for (long parent : parents.getOrDefault(table, Set.of())) {
                if (found.size() >= MAX_PLACES || ++followed > MAX_LINKS) {
                    return;
                }
                long word = memory.read64(parent);
                long parentTable = rootContains(root, parent)
                        ? root.tree().base()
                        : parent & -root.format().granule().bytes();
                for (Position above : positionsOf(root, parentTable, links + 1)) {
                    boolean link = above.level() < 3
                            && root.format().kind(word, above.level()) == Kind.TABLE
                            && root.format().address(word) == table;
                    if (link && found.size() < MAX_PLACES) {
                        long span = root.format().span(above.level());
                        found.add(
                                new Position(above.level() + 1, above.input() + ((parent - parentTable) >>> 3) * span));
                    }
                }
            }
        }
    }
}
