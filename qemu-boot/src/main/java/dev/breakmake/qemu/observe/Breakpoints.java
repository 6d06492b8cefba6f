package dev.breakmake.qemu.observe;

import dev.breakmake.qemu.gdb.GdbClient;
import dev.breakmake.qemu.site.CodeRegion;
import dev.breakmake.qemu.site.Passage;
import dev.breakmake.translation.event.AddressRange;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The breakpoints in QEMU, kept to those that can be hit now: every one slows all code of its page down, so sites are only armed at the
 * addresses at which some PE can execute them at the moment. A site whose next instruction is in QEMU's log may need none (see
 * {@link Passage}): QEMU ends a block behind every write of a system register, so that the log tells when it has been executed.
 */
final class Breakpoints {

    private final GdbClient gdb;
    private final Map<Long, Long> armed = new HashMap<>();
    private final Set<Long> vectors = new HashSet<>();
    private final Set<Long> logAddresses;

    /** Addresses that are armed though nothing of the code is there now: it was, and may be again before the machine can be stopped. */
    private final Set<Long> kept = new HashSet<>();

    /** Physical address of the site before every address of the log that can be executed now. */
    private final Map<Long, Long> logged = new HashMap<>();

    /** Where the instruction behind a site that a log can tell of could ever be executed, but for its physical address: there only boot code is. */
    private final Set<Long> behindSites = new TreeSet<>();

    /**
     * One way code is mapped.
     *
     * @param physical physical addresses
     * @param offset VA minus PA
     */
    record Alias(AddressRange physical, long offset) {}

    /**
     * What is to be watched and where it is.
     *
     * @param now the ways its code is mapped
     * @param before the ways it was mapped before, those of now among them or not
     * @param vectors virtual addresses of exception vectors
     */
    record Code(List<CodeRegion> regions, Set<Alias> now, Set<Alias> before, Set<Long> vectors) {}

    /**
     * No breakpoints yet.
     *
     * @param logAddresses virtual addresses of the blocks that QEMU's log tells of
     */
    Breakpoints(GdbClient gdb, Set<Long> logAddresses) {
        this.gdb = gdb;
        this.logAddresses = logAddresses;
    }

    /**
     * Where sites are.
     *
     * @param now physical address of every site that can be executed now and has to be stopped at, by its virtual one
     * @param later the same of sites that could be executed before and can not be now
     * @param inLog physical address of every site that can be executed now and needs no stop, by the virtual one of the next instruction
     */
    private record Placement(Map<Long, Long> now, Map<Long, Long> later, Map<Long, Long> inLog) {}

    private Placement place(Code where) {
        Placement placement = new Placement(new HashMap<>(), new HashMap<>(), new HashMap<>());
        for (CodeRegion region : where.regions()) {
            for (long pa : region.stopAddresses()) {
                boolean loggable = Passage.through(region, pa) != null;
                for (Alias alias : where.now()) {
                    if (alias.physical().contains(pa)) {
                        long address = pa + alias.offset();
                        if (loggable && alias.offset() != 0) {
                            behindSites.add(address + 4);
                        }
                        if (loggable && logAddresses.contains(address + 4)) {
                            placement.inLog().put(address + 4, pa);
                        } else {
                            placement.now().put(address, pa);
                        }
                    }
                }
                for (Alias alias : where.before()) {
                    long address = pa + alias.offset();
                    if (alias.physical().contains(pa) && !(loggable && logAddresses.contains(address + 4))) {
                        placement.later().put(address, pa);
                    }
                }
            }
        }
        keepLogFromStops(placement, where.vectors());
        placement.later().keySet().removeAll(placement.now().keySet());
        return placement;
    }

    /** A PE that is stepped at an address must not wait in the log there. Its own stop may be behind another site. */
    private static void keepLogFromStops(Placement placement, Set<Long> vectorAddresses) {
        boolean moved = true;
        while (moved) {
            moved = false;
            for (Map.Entry<Long, Long> entry : List.copyOf(placement.inLog().entrySet())) {
                long next = entry.getKey();
                if (placement.now().containsKey(next)
                        || placement.later().containsKey(next)
                        || vectorAddresses.contains(next)) {
                    placement.inLog().remove(next);
                    placement.now().put(next - 4, entry.getValue());
                    moved = true;
                }
            }
        }
    }

    /**
     * Takes over where code is now without setting breakpoints, which only a stopped machine lets. Returns whether all are set that are needed.
     */
    boolean suffice(Code where) {
        Placement placement = place(where);
        logged.clear();
        logged.putAll(placement.inLog());
        kept.addAll(armed.keySet());
        kept.removeAll(placement.now().keySet());
        return armed.entrySet().containsAll(placement.now().entrySet()) && vectors.containsAll(where.vectors());
    }

    /** Arms the stops of the code and the vectors, and nothing else. */
    void arm(Code where) throws IOException {
        Placement placement = place(where);
        logged.clear();
        logged.putAll(placement.inLog());
        kept.clear();
        kept.addAll(placement.later().keySet());
        Map<Long, Long> wanted = new HashMap<>(placement.later());
        wanted.putAll(placement.now());
        Set<Long> vectorAddresses = where.vectors();
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

    /** Physical address of the stop armed at an address, or null; null too where the code is not mapped now. */
    @Nullable
    Long siteAt(long address) {
        return kept.contains(address) ? null : armed.get(address);
    }

    /** Whether an address is armed for code that is not mapped there, as far as known. */
    boolean isKept(long address) {
        return kept.contains(address);
    }

    /** Physical address of the site before an address of the log, or null. */
    @Nullable
    Long siteBefore(long address) {
        return logged.get(address);
    }

    /** Every virtual address so far of an instruction behind a site that a log can tell of. */
    Set<Long> behindSites() {
        return Set.copyOf(behindSites);
    }

    boolean isVector(long address) {
        return vectors.contains(address);
    }

    int count() {
        return armed.size() + vectors.size();
    }
}
