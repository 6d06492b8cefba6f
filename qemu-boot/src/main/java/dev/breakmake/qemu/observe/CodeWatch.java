package dev.breakmake.qemu.observe;

import dev.breakmake.qemu.gdb.GdbClient;
import dev.breakmake.qemu.site.CodeRegion;
import dev.breakmake.qemu.site.Decoder;
import dev.breakmake.qemu.site.SiteOperation;
import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.register.RegimeConfiguration;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Keeps breakpoints where the code is that matters, while it is mapped, moved and patched. */
final class CodeWatch {

    private static final int VECTOR_BYTES_A64 = 0x80;
    private static final int VECTOR_BYTES_A32 = 4;

    private final GuestMemory memory;
    private final boolean a64;
    private final CodeMap code;
    private final Breakpoints breakpoints;
    private final List<PeView> pes;
    private final Set<Long> vectors = new HashSet<>();

    /** Every way code was mapped since some MMU was on. */
    private final Set<Breakpoints.Alias> met = new HashSet<>();

    private boolean moved;

    /**
     * Watches no code yet.
     *
     * @param pes the PEs that may execute it, some of which may be added later
     * @param logAddresses virtual addresses of the blocks the machine's log tells of
     */
    CodeWatch(GdbClient gdb, GuestMemory memory, Architecture architecture, List<PeView> pes, Set<Long> logAddresses) {
        this.memory = memory;
        this.a64 = architecture == Architecture.AARCH64;
        this.code = new CodeMap(memory, Decoder.of(architecture));
        this.breakpoints = new Breakpoints(gdb, logAddresses);
        this.pes = pes;
    }

    CodeMap code() {
        return code;
    }

    void scan(AddressRange range) {
        code.scan(range);
    }

    /** Notes that code may be patched or mapped in another way than at the last stop. */
    void mayHaveMoved() {
        code.refresh();
        moved = true;
    }

    /** Notes a change of a descriptor. */
    void changed(long before, long after) {
        moved |= code.concernsCode(before) || code.concernsCode(after);
    }

    /** Notes the address of a table of exception vectors, each of which is stopped at from now on. */
    void vectorBase(long base) {
        int bytes = a64 ? VECTOR_BYTES_A64 : VECTOR_BYTES_A32;
        int count = a64 ? 16 : 8;
        for (int i = 0; i < count; i++) {
            vectors.add(base + (long) i * bytes);
        }
        moved = true;
    }

    /** The site that is executed at a virtual address and stopped at, or null. */
    @Nullable
    Site stoppedAt(PeView pe, long pc) throws IOException {
        if (breakpoints.isKept(pc)) {
            arm(pe, pc);
        }
        return site(breakpoints.siteAt(pc));
    }

    /** The site that is executed right before a virtual address and told of by the log, or null. */
    @Nullable
    Site loggedBehind(long pc) {
        return site(breakpoints.siteBefore(pc));
    }

    private @Nullable Site site(@Nullable Long pa) {
        CodeRegion region = pa == null ? null : code.regionOf(pa);
        SiteOperation.Stop operation = region == null || pa == null ? null : region.stopAt(pa);
        if (region == null || pa == null || operation == null || memory.read32(pa) != region.word(pa)) {
            return null;
        }
        return new Site(region, pa, operation);
    }

    boolean isVector(long pc) {
        return breakpoints.isVector(pc);
    }

    /** Virtual addresses known so far that a log of blocks should tell of. */
    Set<Long> behindSites() {
        return breakpoints.behindSites();
    }

    /**
     * Takes over where code is now, while a PE waits in the log. Returns false if that needs breakpoints that are not there: they can be set
     * only once the machine is stopped.
     */
    boolean follow() {
        if (moved) {
            moved = !breakpoints.suffice(where(pes.getFirst(), -1));
        }
        return !moved;
    }

    /** Arms the breakpoints where code can be executed now, if that may have changed. */
    void armIfMoved(PeView stopped, long pc) throws IOException {
        if (moved) {
            arm(stopped, pc);
        }
    }

    /** Arms the breakpoints where code can be executed now; the PE that stopped tells of code elsewhere by its PC, if that is not -1. */
    void arm(PeView stopped, long pc) throws IOException {
        moved = false;
        breakpoints.arm(where(stopped, pc));
    }

    private Breakpoints.Code where(PeView stopped, long pc) {
        Set<Breakpoints.Alias> aliases = new HashSet<>();
        Set<RegimeConfiguration> done = new HashSet<>();
        for (PeView pe : pes) {
            RegimeConfiguration configuration = pe.hypervisor();
            if (pe.started() && (pe == stopped || done.add(configuration))) {
                Set<Breakpoints.Alias> of = code.aliases(configuration, pe == stopped ? pc : -1);
                aliases.addAll(of);
                if (configuration.enabled()) {
                    met.addAll(of);
                }
                done.add(configuration);
            }
        }
        return new Breakpoints.Code(code.regions(), aliases, Set.copyOf(met), vectors);
    }
}
