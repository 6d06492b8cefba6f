package dev.breakmake.lab.trace.domain;

import dev.breakmake.trace.v1.AddressRange;
import dev.breakmake.trace.v1.DescriptorChange;
import dev.breakmake.trace.v1.Placement;
import dev.breakmake.translation.descriptor.Descriptor;
import java.util.List;

/** Puts net changes into words: where each descriptor stands, and what it meant before and after. */
final class DiffWriter {

    private static final int PLACEMENT_LIMIT = 16;

    private final Placements before;
    private final Placements after;
    private final SymbolNames symbols;

    /** A table unlinked by the change itself is still named where it stood {@code before}. */
    DiffWriter(Placements before, Placements after, SymbolNames symbols) {
        this.before = before;
        this.after = after;
        this.symbols = symbols;
    }

    DescriptorChange write(NetChanges.Change change) {
        List<Placements.Place> places = after.of(change.pa());
        if (places.isEmpty()) {
            places = before.of(change.pa());
        }
        long now = change.write().newDescriptor();
        DescriptorChange.Builder result = DescriptorChange.newBuilder()
                .setPe(change.write().pe())
                .setPa(change.pa())
                .setOld(change.old())
                .setNew(now)
                .setPc(change.write().pc())
                .setSymbol(symbols.text(change.write().pc()));
        if (places.isEmpty()) {
            return result.setTablePa(change.pa() & -4096L)
                    .setLevel(-1)
                    .setIndex((int) (change.pa() >>> 3) & 511)
                    .setOldText(Texts.hex(change.old()))
                    .setNewText(Texts.hex(now))
                    .build();
        }
        Placements.Place first = places.getFirst();
        result.setTablePa(first.table())
                .setLevel(first.level())
                .setIndex(first.index(change.pa()))
                .setOldText(Descriptor.decode(first.format(), first.level(), change.old())
                        .text())
                .setNewText(
                        Descriptor.decode(first.format(), first.level(), now).text());
        places.stream().limit(PLACEMENT_LIMIT).forEach(place -> result.addPlacements(placement(place, change.pa())));
        return result.build();
    }

    private static Placement placement(Placements.Place place, long pa) {
        long start = place.inputOf(pa);
        return Placement.newBuilder()
                .setRegime(place.regime().name())
                .setRoot(place.root())
                .setLive(place.live())
                .setRange(AddressRange.newBuilder()
                        .setStart(start)
                        .setEnd(start + place.format().span(place.level())))
                .build();
    }
}
