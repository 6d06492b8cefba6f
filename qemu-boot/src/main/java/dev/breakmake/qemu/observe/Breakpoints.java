package dev.breakmake.qemu.observe;

import dev.breakmake.qemu.gdb.GdbClient;
import dev.breakmake.qemu.site.CodeRegion;
import dev.breakmake.translation.event.AddressRange;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The breakpoints in QEMU, kept to those that can be hit now: every one slows all code of its page down, so sites are only armed at the
 * addresses at which some PE can execute them at the moment.
 */
final class Breakpoints {

    private final GdbClient gdb;
    private final Map<Long, Long> armed = new HashMap<>();
    private final Set<Long> vectors = new HashSet<>();

    /**
     * One way code is mapped.
     *
     * @param physical physical addresses
     * @param offset VA minus PA
     */
    record Alias(AddressRange physical, long offset) {}

    Breakpoints(GdbClient gdb) {
        this.gdb = gdb;
    }

    /** Arms the stops of the regions under these aliases and these vector addresses, and nothing else. */
    void arm(List<CodeRegion> regions, Set<Alias> aliases, Set<Long> vectorAddresses) throws IOException {
        Map<Long, Long> wanted = new HashMap<>();
        for (CodeRegion region : regions) {
            for (long pa : region.stopAddresses()) {
                for (Alias alias : aliases) {
                    if (alias.physical().contains(pa)) {
                        wanted.put(pa + alias.offset(), pa);
                    }
                }
            }
        }
        for (Iterator<Map.Entry<Long, Long>> it = armed.entrySet().iterator(); it.hasNext(); ) {
            long address = it.next().getKey();
            if (!wanted.containsKey(address)) {
                if (!vectorAddresses.contains(address)) {
                    gdb.removeBreakpoint(address);
                }
                it.remove();
            }
        }
        for (Iterator<Long> it = vectors.iterator(); it.hasNext(); ) {
            long address = it.next();
            if (!vectorAddresses.contains(address)) {
                if (!wanted.containsKey(address)) {
                    gdb.removeBreakpoint(address);
                }
                it.remove();
            }
        }
        for (Map.Entry<Long, Long> entry : wanted.entrySet()) {
            if (armed.put(entry.getKey(), entry.getValue()) == null && !vectors.contains(entry.getKey())) {
                gdb.insertBreakpoint(entry.getKey());
            }
        }
        for (long address : vectorAddresses) {
            if (vectors.add(address) && !armed.containsKey(address)) {
                gdb.insertBreakpoint(address);
            }
        }
    }

    /** Physical address of the stop armed at an address, or null. */
    @Nullable
    Long siteAt(long address) {
        return armed.get(address);
    }

    boolean isVector(long address) {
        return vectors.contains(address);
    }

    int count() {
        return armed.size() + vectors.size();
    }
}
