package dev.breakmake.engine.platform;

import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.event.NamedRegion;
import java.util.ArrayList;
import java.util.List;

/** Which parts of RAM are taken at hand-over, and by what. */
final class Placement {

    private final List<AddressRange> banks;
    private final List<NamedRegion> taken = new ArrayList<>();

    Placement(List<AddressRange> banks) {
        this.banks = banks;
    }

    List<NamedRegion> regions() {
        return List.copyOf(taken);
    }

    /** Takes a given range. */
    void claim(String name, long address, long size) throws BadImageException {
        AddressRange range = new AddressRange(address, address + size);
        if (!inRam(range)) {
            throw new BadImageException(
                    "%s: [0x%x, 0x%x) does not lie in RAM %s".formatted(name, address, address + size, banks));
        }
        for (NamedRegion other : taken) {
            if (other.physical().intersects(range)) {
                throw new BadImageException("%s %s overlaps %s %s; move one of them"
                        .formatted(name, range, other.name(), other.physical()));
            }
        }
        taken.add(new NamedRegion(name, range));
    }

    /** Takes as much as is free at a given address, at most {@code size} bytes and at least a page. */
    AddressRange claimUpTo(String name, long address, long size) throws BadImageException {
        long room = size;
        while (room > 4096 && !isFree(new AddressRange(address, address + room))) {
            room /= 2;
        }
        claim(name, address, room);
        return new AddressRange(address, address + room);
    }

    /**
     * Takes free room.
     *
     * @param from where to look first; the search goes up from there, then from the bottom of each bank
     * @return its address
     */
    long find(String name, long size, long alignment, long from) throws BadImageException {
        for (long start : new long[] {from, 0}) {
            for (AddressRange bank : banks) {
                long address = align(start > bank.start() ? start : bank.start(), alignment);
                while (Long.compareUnsigned(address + size, bank.end()) <= 0
                        && Long.compareUnsigned(address, bank.start()) >= 0) {
                    AddressRange range = new AddressRange(address, address + size);
                    if (isFree(range)) {
                        taken.add(new NamedRegion(name, range));
                        return address;
                    }
                    address += alignment;
                }
            }
        }
        throw new BadImageException(
                "%s: no free room of %d bytes in RAM %s beside %s".formatted(name, size, banks, taken));
    }

    /** Gives back the end of a range taken before. */
    void resize(String name, long address, long size) {
        taken.replaceAll(region ->
                region.name().equals(name) ? new NamedRegion(name, new AddressRange(address, address + size)) : region);
    }

    private boolean isFree(AddressRange range) {
        return inRam(range)
                && taken.stream().noneMatch(region -> region.physical().intersects(range));
    }

    private boolean inRam(AddressRange range) {
        return banks.stream()
                .anyMatch(bank -> bank.contains(range.start())
                        && Long.compareUnsigned(range.end() - 1 - bank.start(), bank.size()) < 0
                        && Long.compareUnsigned(range.start(), range.end()) < 0);
    }

    private static long align(long address, long alignment) {
        return (address + alignment - 1) & -alignment;
    }
}
