package dev.breakmake.qemu.observe;

import dev.breakmake.qemu.site.BarriersBefore;
import dev.breakmake.qemu.site.CodeRegion;
import dev.breakmake.qemu.site.Decoder;
import dev.breakmake.translation.descriptor.Permissions;
import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.register.RegimeConfiguration;
import dev.breakmake.translation.walk.AddressSpaceMap;
import dev.breakmake.translation.walk.MappedRange;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The hypervisor's code in guest memory and the addresses it is executable at. */
final class CodeMap {

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** A hypervisor that copied itself elsewhere is scanned this far around the place it runs at. */
    private static final long SCAN_BYTES = 4L << 20;

    private final GuestMemory memory;
    private final Decoder decoder;
    private final List<CodeRegion> regions = new ArrayList<>();
    private final Map<Long, BarriersBefore> before = new HashMap<>();

    CodeMap(GuestMemory memory, Decoder decoder) {
        this.memory = memory;
        this.decoder = decoder;
    }

    List<CodeRegion> regions() {
        return regions;
    }

    /** Scans a piece of guest memory as it is now. */
    void scan(AddressRange range) {
        long start = Math.max(range.start() & ~3L, memory.base());
        long end = Math.min(range.end(), memory.base() + memory.size());
        int[] words = new int[(int) ((end - start) / 4)];
        MemorySegment.copy(memory.slice(start, 4L * words.length), INT, 0, words, 0, words.length);
        regions.add(CodeRegion.scan(decoder, start, words));
    }

    /** Takes over code that was changed since it was scanned (boot-time patching). */
    void refresh() {
        for (CodeRegion region : regions) {
            AddressRange range = region.range();
            if (region.update(memory.slice(range.start(), range.size()))) {
                before.keySet().removeIf(range::contains);
            }
        }
    }

    @Nullable
    CodeRegion regionOf(long pa) {
        for (CodeRegion region : regions) {
            if (region.contains(pa)) {
                return region;
            }
        }
        return null;
    }

    BarriersBefore barriersBefore(CodeRegion region, long site) {
        return before.computeIfAbsent(site, pa -> BarriersBefore.find(region, pa));
    }

    /** Whether a change of that descriptor may change where code is executable: it is or was a table, or a leaf over known code. */
    boolean concernsCode(long word) {
        if ((word & 1) == 0) {
            return false;
        }
        if ((word & 2) != 0 && (word & 0x400) == 0) {
            return true;
        }
        long output = word & 0xffff_ffff_f000L;
        for (CodeRegion region : regions) {
            // A block of up to 1 GiB that holds the region concerns it, and a page inside it does.
            if (region.contains(output)
                    || (output <= region.range().start() && region.range().start() < output + (1 << 30))) {
                return true;
            }
        }
        return false;
    }

    /** The ways a PE under this configuration can execute known code; code it executes elsewhere becomes known. */
    Set<Breakpoints.Alias> aliases(RegimeConfiguration configuration, long pc) {
        Set<Breakpoints.Alias> aliases = new HashSet<>();
        if (!configuration.enabled()) {
            for (CodeRegion region : regions) {
                aliases.add(new Breakpoints.Alias(region.range(), 0));
            }
            return aliases;
        }
        AddressSpaceMap map = AddressSpaceMap.of(configuration, memory);
        MappedRange here = map.at(pc);
        if (here != null) {
            long pa = here.outputOf(pc);
            if (regionOf(pa) == null && memory.contains(pa, 4)) {
                long start = Math.max(here.output(), pa - SCAN_BYTES);
                scan(new AddressRange(start, Math.min(here.output() + here.size(), pa + SCAN_BYTES)));
            }
        }
        for (MappedRange range : map.ranges()) {
            if ((range.permissions() & Permissions.EXECUTE) != 0) {
                AddressRange output = new AddressRange(range.output(), range.output() + range.size());
                for (CodeRegion region : regions) {
                    if (region.range().intersects(output)) {
                        aliases.add(new Breakpoints.Alias(output, range.start() - range.output()));
                        break;
                    }
                }
            }
        }
        return aliases;
    }
}
