package dev.breakmake.engine.study;

import dev.breakmake.translation.descriptor.MemoryType;
import dev.breakmake.translation.descriptor.Permissions;
import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.Barrier;
import dev.breakmake.translation.event.ContextSynchronization;
import dev.breakmake.translation.event.DescriptorWrite;
import dev.breakmake.translation.event.EventSink;
import dev.breakmake.translation.event.RegisterWrite;
import dev.breakmake.translation.event.TlbInvalidate;
import dev.breakmake.translation.event.TraceHeader;
import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.layout.Layout;
import dev.breakmake.translation.layout.Region;
import dev.breakmake.translation.register.Implementation;
import dev.breakmake.translation.register.Regime;
import dev.breakmake.translation.register.RegimeConfiguration;
import dev.breakmake.translation.register.RegisterFile;
import dev.breakmake.translation.trace.TableReplay;
import dev.breakmake.translation.walk.AddressSpaceMap;
import dev.breakmake.translation.walk.MappedRange;
import dev.breakmake.translation.walk.Walker;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The shape of a boot, of a flow and of a real image alike: for each PE when its MMU goes on and off, which root it has then, and when the
 * identity map comes and goes; and what the regions of the layout are mapped to at the end. Roots are named by order of appearance.
 */
public final class BootShape implements EventSink {

    private static final long PAGE_MASK = -0x1000L;

    /** What changes for a PE at a turn. */
    public enum Change {
        ROOT,
        MMU_ON,
        MMU_OFF,
        IDENTITY_IN,
        IDENTITY_OUT
    }

    /**
     * A turn of one PE's boot.
     *
     * @param step the step that brought it, counted as the checker counts
     * @param change what changed
     * @param root name of the root the PE has from then on, empty before the first one
     * @param mmu whether its MMU is on from then on
     * @param identity whether the code that turned its MMU on is mapped to itself from then on
     */
    public record Turn(long step, Change change, String root, boolean mmu, boolean identity) {

        /** The turn in a few words. */
        public String text() {
            return switch (change) {
                case ROOT -> "root %s with the MMU %s".formatted(root, mmu ? "on" : "off");
                case MMU_ON -> "MMU on, identity map " + (identity ? "there" : "missing");
                case MMU_OFF -> "MMU off";
                case IDENTITY_IN -> "identity map in";
                case IDENTITY_OUT -> "identity map out";
            };
        }
    }

    private static final class Pe {
        private final RegisterFile registers;
        private final List<Turn> turns = new ArrayList<>();
        private String root = "";
        private boolean on;
        private long identityPage = -1;
        private boolean identity;

        private Pe(final RegisterFile registers) {
            this.registers = registers;
        }
    }

    private final TableReplay tables = new TableReplay();
    private final List<Pe> pes = new ArrayList<>();
    private final Map<Long, String> roots = new LinkedHashMap<>();
    private Regime regime = Regime.EL2;
    private boolean changed;
    private long steps;

    @Override
    public void accept(final TranslationEvent event) {
        switch (event) {
            case TraceHeader header -> {
                regime = header.architecture() == Architecture.AARCH64 ? Regime.EL2 : Regime.HYP;
                for (int id = 0; id < header.peCount(); id++) {
                    pes.add(new Pe(new RegisterFile(Implementation.of(header))));
                }
            }
            case DescriptorWrite write -> {
                tables.apply(write);
                changed = true;
            }
            case RegisterWrite write -> written(write);
            case Barrier barrier -> endStep();
            case TlbInvalidate invalidate -> endStep();
            case ContextSynchronization synchronization -> endStep();
            default -> {
                // Nothing else changes what a root maps.
            }
        }
    }

    private void written(final RegisterWrite write) {
        final Pe pe = pes.get(write.pe());
        final long before = pe.registers.value(write.register());
        pe.registers.apply(write);
        switch (write.register()) {
            case TTBR0_EL2, HTTBR -> {
                if (before != write.value()) {
                    pe.root = roots.computeIfAbsent(write.value(), key -> String.valueOf((char) ('A' + roots.size())));
                    turn(pe, Change.ROOT);
                }
            }
            case SCTLR_EL2, HSCTLR -> control(pe, write);
            default -> {
                // Attributes are part of the final map.
            }
        }
        changed = true;
        endStep();
    }

    private void turn(final Pe pe, final Change change) {
        pe.turns.add(new Turn(steps, change, pe.root, pe.on, pe.on && pe.identity));
    }

    private void endStep() {
        look();
        steps++;
    }

    private void control(final Pe pe, final RegisterWrite write) {
        final boolean on = (write.value() & 1) != 0;
        if (on == pe.on) {
            return;
        }
        pe.on = on;
        if (on) {
            pe.identityPage = write.pc() & PAGE_MASK;
            pe.identity = identityMapped(pe);
        }
        turn(pe, on ? Change.MMU_ON : Change.MMU_OFF);
    }

    private boolean identityMapped(final Pe pe) {
        final RegimeConfiguration configuration = pe.registers.configuration(regime);
        return new Walker(configuration, tables).walk(pe.identityPage).output() == pe.identityPage;
    }

    private void look() {
        if (!changed) {
            return;
        }
        changed = false;
        for (final Pe pe : pes) {
            if (pe.on && pe.identity != identityMapped(pe)) {
                pe.identity = !pe.identity;
                turn(pe, pe.identity ? Change.IDENTITY_IN : Change.IDENTITY_OUT);
            }
        }
    }

    /** The turns of a PE in order, in words. */
    public List<String> turns(final int pe) {
        return pes.get(pe).turns.stream().map(Turn::text).toList();
    }

    /** The turns of a PE in order. */
    public List<Turn> timeline(final int pe) {
        return List.copyOf(pes.get(pe).turns);
    }

    /** Number of steps so far, of all PEs. */
    public long steps() {
        return steps;
    }

    /** For each region of a layout, in its order, how a PE's final root maps it: the kinds of memory that occur, ascending by address. */
    public Map<String, List<String>> regions(final int pe, final Layout layout) {
        final AddressSpaceMap map = AddressSpaceMap.of(pes.get(pe).registers.configuration(regime), tables);
        final Map<String, List<String>> regions = new LinkedHashMap<>();
        for (final Region region : layout.regions()) {
            final Set<String> kinds = new LinkedHashSet<>();
            for (final MappedRange range : map.ranges()) {
                if (range.input().intersects(region.range())) {
                    kinds.add(kind(range));
                }
            }
            regions.put(region.name(), List.copyOf(kinds));
        }
        return regions;
    }

    private static String kind(final MappedRange range) {
        final int permissions = range.permissions();
        final String rights = "R"
                + (Permissions.writable(permissions) ? "W" : "-")
                + (Permissions.executable(permissions) ? "X" : "-");
        return rights + " " + MemoryType.name(range.memoryType());
    }
}
