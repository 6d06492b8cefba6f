package dev.breakmake.qemu.observe;

import dev.breakmake.qemu.gdb.CoreRegisters;
import dev.breakmake.qemu.gdb.GdbClient;
import dev.breakmake.qemu.gdb.StopReply;
import dev.breakmake.qemu.gdb.TargetRegister;
import dev.breakmake.qemu.gdb.ThreadId;
import dev.breakmake.qemu.observe.EventWriter.Place;
import dev.breakmake.qemu.process.QemuException;
import dev.breakmake.qemu.site.BarriersBefore;
import dev.breakmake.qemu.site.CodeRegion;
import dev.breakmake.qemu.site.Decoder;
import dev.breakmake.qemu.site.PathFollower;
import dev.breakmake.qemu.site.SiteOperation;
import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.Capability;
import dev.breakmake.translation.event.ContextSynchronization;
import dev.breakmake.translation.event.EventSink;
import dev.breakmake.translation.event.ExceptionLevel;
import dev.breakmake.translation.event.HandOver;
import dev.breakmake.translation.event.NamedRegion;
import dev.breakmake.translation.event.PeState;
import dev.breakmake.translation.event.TraceHeader;
import dev.breakmake.translation.register.Implementation;
import dev.breakmake.translation.register.RegimeConfiguration;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns the stops of one QEMU into events.
 *
 * <p>The caller lets the machine run and hands every stop to {@link #stopped}; the machine is stopped before and after. Descriptor changes
 * carry the PE that stopped first after them: QEMU does not tell which PE stored.
 */
public final class Observer {

    private static final Set<Capability> NOT_OBSERVABLE = Set.of(
            Capability.STORE_ORDER,
            Capability.STORE_WIDTH,
            Capability.CACHE_STATE,
            Capability.TRANSLATION_USE,
            Capability.ALL_BARRIERS);

    private static final long CPU_ON_32 = 0x8400_0003L;
    private static final long CPU_ON_64 = 0xc400_0003L;
    private static final int VECTOR_BYTES_A64 = 0x80;
    private static final int VECTOR_BYTES_A32 = 4;
    private static final int MAX_STEPS = 100;
    private static final long AFFINITY_MASK = 0xff_00ff_ffffL;

    private final GdbClient gdb;
    private final GuestMemory memory;
    private final Architecture architecture;
    private final EventWriter events;
    private final TableSnapshots tables;
    private final CodeMap code;
    private final Breakpoints breakpoints;
    private final Exceptions exceptions;
    private final List<PeView> pes = new ArrayList<>();
    private final Set<Long> vectors = new HashSet<>();
    private boolean codeMayHaveMoved;
    private boolean guestEntered;
    private @Nullable PeView stepped;
    private Place last = new Place(0, 0, ExceptionLevel.EL2);

    private Observer(GdbClient gdb, GuestMemory memory, Architecture architecture, EventSink sink) {
        this.gdb = gdb;
        this.memory = memory;
        this.architecture = architecture;
        this.events = new EventWriter(sink);
        this.tables = new TableSnapshots(memory);
        this.code = new CodeMap(memory, Decoder.of(architecture));
        this.breakpoints = new Breakpoints(gdb);
        this.exceptions = new Exceptions(gdb, memory, architecture, events);
    }

    /**
     * Starts to watch a machine that is stopped before its first instruction: writes the header and the reset of PE 0, and arms the
     * breakpoints.
     *
     * @param image file of the image, to find it in memory
     * @param modules further named regions for the header
     * @param backend name and version for the header
     */
    public static Observer attach(
            GdbClient gdb,
            GuestMemory memory,
            Architecture architecture,
            java.nio.file.Path image,
            List<NamedRegion> modules,
            String backend,
            EventSink sink)
            throws IOException {
        Observer observer = new Observer(gdb, memory, architecture, sink);
        gdb.reason();
        AddressRange placed = ImagePlacement.find(image, memory);
        List<ThreadId> threads = gdb.threads();
        MachineDescription machine = MachineDescription.read(gdb, threads.getFirst(), architecture);
        List<NamedRegion> regions = new ArrayList<>();
        regions.add(new NamedRegion("image", placed));
        regions.addAll(modules);
        boolean a64 = architecture == Architecture.AARCH64;
        TraceHeader header = new TraceHeader(
                architecture,
                threads.size(),
                machine.idRegisters(),
                machine.features(),
                machine.bbmLevel(),
                machine.cacheLineBytes(),
                machine.paBits(),
                List.of(new AddressRange(memory.base(), memory.base() + memory.size())),
                regions,
                // What the boot protocols leave open: an arm64 image is clean in memory, of a zImage nothing is said.
                new HandOver(
                        ExceptionLevel.EL2,
                        true,
                        a64 ? HandOver.LineState.CLEAN_STALE : HandOver.LineState.UNKNOWN,
                        HandOver.LineState.UNKNOWN),
                backend,
                NOT_OBSERVABLE,
                "real-time");
        observer.events.header(header);
        observer.addPes(threads, Implementation.of(header));
        observer.code.scan(placed);
        observer.startFirst(placed.start());
        return observer;
    }

    private void addPes(List<ThreadId> threads, Implementation implementation) throws IOException {
        TargetRegister affinity = gdb.description().register("VMPIDR_EL2").orElse(null);
        if (affinity == null) {
            affinity = gdb.description()
                    .register("VMPIDR")
                    .orElseThrow(() -> new QemuException(
                            QemuException.Kind.ENVIRONMENT,
                            "QEMU's gdb stub shows no VMPIDR: this CPU model has no EL2 to observe"));
        }
        for (ThreadId thread : threads) {
            pes.add(new PeView(pes.size(), thread, gdb.readRegister(thread, affinity) & AFFINITY_MASK, implementation));
        }
    }

    private void startFirst(long entry) throws IOException {
        PeView first = pes.getFirst();
        first.start();
        last = new Place(0, entry, ExceptionLevel.EL2);
        events.peState(last, PeState.Change.RESET, entry);
        arm(first, entry);
    }

    /** Events written so far. */
    public long events() {
        return events.count();
    }

    /** Whether some PE has returned to a level below the hypervisor's: a guest runs. */
    public boolean guestEntered() {
        return guestEntered;
    }

    /** Notes a console line at the place of the last stop. */
    public void consoleLine(String line) {
        events.consoleLine(last, line);
    }

    /** Reports what changed in the tables since the last stop; call it once when the boot is over and the machine is stopped. */
    public void finish() {
        updateTables(last, pes.get(last.pe()));
    }

    /**
     * Lets the machine run. With several PEs a step may end before its instruction was executed: QEMU stops it for a breakpoint that another PE
     * had hit at the same moment. The PC tells; the PE then stops at the same place again.
     */
    public void resume() throws IOException {
        TargetRegister pc = gdb.description().register("pc").orElse(null);
        PeView pe = stepped;
        if (pe == null || pc == null || pes.size() == 1) {
            gdb.resume();
        } else {
            gdb.resumeTelling(pe.thread(), pc);
        }
    }

    private boolean repeated(PeView pe, long pc) {
        PeView before = stepped;
        if (before != null && pes.size() > 1) {
            before.notExecuted(gdb.toldRegister() == before.steppedFrom() ? before.steppedFrom() : PeView.NOWHERE);
        }
        boolean repeated = pe.notExecuted() == pc;
        stepped = pe;
        pe.steppedFrom(pc);
        pe.notExecuted(PeView.NOWHERE);
        return repeated;
    }

    /**
     * Handles one stop: lets the PE execute the instruction it stopped at, and reports what that did. None of these instructions stores to
     * memory, so the tables are still what they were before it; the other PEs stay stopped meanwhile.
     */
    public void stopped(StopReply.Signal signal) throws IOException {
        PeView pe = peOf(signal.thread());
        GdbClient.Stepped stepped = gdb.readCoreAndStep(pe.thread());
        CoreRegisters core = stepped.before();
        long pc = core.byName("pc");
        long status = core.byName("cpsr");
        pe.level(level(status));
        if (repeated(pe, pc)) {
            return;
        }
        Long site = breakpoints.siteAt(pc);
        CodeRegion region = site == null ? null : code.regionOf(site);
        boolean hypervisor = pe.level() == ExceptionLevel.EL2 || pe.level() == ExceptionLevel.EL3;
        if (hypervisor && breakpoints.isVector(pc)) {
            Place at = exceptions.taken(pe, pc);
            last = at;
            updateTables(at, pe);
            pe.certainUpTo(-1);
        }
        SiteOperation.Stop operation = region == null || site == null ? null : region.stopAt(site);
        if (hypervisor && operation != null && region != null && site != null && unchanged(region, site)) {
            at(pe, new Place(pe.index(), pc, pe.level()), core, status, region, site, operation);
        }
        if (codeMayHaveMoved) {
            arm(pe, pc);
        }
    }

    private boolean unchanged(CodeRegion region, long site) {
        return memory.read32(site) == region.word(site);
    }

    private void at(
            PeView pe,
            Place at,
            CoreRegisters core,
            long status,
            CodeRegion region,
            long site,
            SiteOperation.Stop operation)
            throws IOException {
        last = at;
        boolean executed = region.decoder().conditionHolds(region.word(site), status);
        updateTables(at, pe);
        barriersBefore(pe, at, region, site);
        if (executed) {
            switch (operation) {
                case SiteOperation.WriteRegister write -> registerWrite(pe, at, write, core);
                case SiteOperation.InvalidateTlb invalidate ->
                    events.tlbInvalidate(at, invalidate, operand(core, invalidate.operand()));
                case SiteOperation.WriteVectorBase write -> vectorBase(operand(core, write.value()));
                case SiteOperation.CallFirmware call -> firmwareCall(pe, at, core);
                case SiteOperation.ReturnFromException exit -> exceptionReturn(pe, at);
            }
        }
        if (operation instanceof SiteOperation.ReturnFromException) {
            pe.certainUpTo(-1);
        } else {
            barriersAfter(pe, at, region, site, core, status);
        }
    }

    private void registerWrite(PeView pe, Place at, SiteOperation.WriteRegister write, CoreRegisters core) {
        long value = operand(core, write.low());
        if (write.high() != SiteOperation.NONE) {
            value = (value & 0xffff_ffffL) | operand(core, write.high()) << 32;
        }
        RegimeConfiguration before = pe.hypervisor();
        pe.registers().set(write.register(), value);
        RegimeConfiguration after = pe.hypervisor();
        tables.link(after);
        tables.link(pe.stage2());
        updateTables(at, pe);
        events.registerWrite(at, write.register(), value);
        if (before.enabled() != after.enabled()) {
            events.peState(at, after.enabled() ? PeState.Change.MMU_ON : PeState.Change.MMU_OFF, 0);
        }
        if (before.cacheEnabled() != after.cacheEnabled()) {
            events.peState(at, after.cacheEnabled() ? PeState.Change.CACHES_ON : PeState.Change.CACHES_OFF, 0);
        }
        if (!before.equals(after)) {
            code.refresh();
            codeMayHaveMoved = true;
        }
    }

    private void firmwareCall(PeView pe, Place at, CoreRegisters core) throws IOException {
        long function = core.general(0) & 0xffff_ffffL;
        if (function != CPU_ON_32 && function != CPU_ON_64) {
            return;
        }
        long mask = function == CPU_ON_64 ? -1 : 0xffff_ffffL;
        long target = core.general(1) & mask & AFFINITY_MASK;
        if ((executed(pe, at.pc()).general(0) & 0xffff_ffffL) != 0) {
            return;
        }
        for (PeView other : pes) {
            if (other.affinity() == target && !other.started()) {
                other.start();
                long entry = core.general(2) & mask;
                events.peState(new Place(other.index(), entry, at.el()), PeState.Change.CPU_ON, entry);
                code.refresh();
                codeMayHaveMoved = true;
            }
        }
    }

    private void exceptionReturn(PeView pe, Place at) throws IOException {
        ExceptionLevel now = level(executed(pe, at.pc()).byName("cpsr"));
        events.contextSynchronization(at, ContextSynchronization.Cause.EXCEPTION_RETURN);
        if (now != pe.level()) {
            pe.level(now);
            events.peState(new Place(pe.index(), at.pc(), now), PeState.Change.EL_CHANGE, 0);
            guestEntered |= now == ExceptionLevel.EL1 || now == ExceptionLevel.EL0;
        }
    }

    /** The registers once the instruction is executed, see {@link #resume()}. */
    private CoreRegisters executed(PeView pe, long pc) throws IOException {
        CoreRegisters after = gdb.readCore(pe.thread());
        for (int i = 0; i < MAX_STEPS && after.byName("pc") == pc; i++) {
            gdb.step(pe.thread());
            after = gdb.readCore(pe.thread());
        }
        return after;
    }

    private void vectorBase(long base) {
        int bytes = architecture == Architecture.AARCH64 ? VECTOR_BYTES_A64 : VECTOR_BYTES_A32;
        int count = architecture == Architecture.AARCH64 ? 16 : 8;
        for (int i = 0; i < count; i++) {
            vectors.add(base + (long) i * bytes);
        }
        codeMayHaveMoved = true;
    }

    private static long operand(CoreRegisters core, int register) {
        return register == SiteOperation.ZERO ? 0 : core.general(register);
    }

    private void updateTables(Place at, PeView pe) {
        boolean cacheable = pe.hypervisor().enabled() && pe.hypervisor().cacheEnabled();
        tables.update((pa, before, after) -> {
            events.descriptorWrite(at, pa, before, after, cacheable);
            if (code.concernsCode(before) || code.concernsCode(after)) {
                codeMayHaveMoved = true;
            }
        });
    }

    /** Reports the barriers that must have been executed since the last stop of this PE, if the way to here leaves no doubt. */
    private void barriersBefore(PeView pe, Place at, CodeRegion region, long site) {
        if (pe.certainUpTo() == site) {
            return;
        }
        BarriersBefore before = code.barriersBefore(region, site);
        if (before.through().contains(pe.certainUpTo())) {
            return;
        }
        for (BarriersBefore.Placed barrier : before.barriers()) {
            barrier(at.at(at.pc() + barrier.address() - site), barrier.operation());
        }
    }

    private void barriersAfter(PeView pe, Place at, CodeRegion region, long site, CoreRegisters core, long status) {
        long[] general = new long[architecture == Architecture.AARCH64 ? 32 : 15];
        for (int i = 0; i < general.length; i++) {
            general[i] = core.general(i);
        }
        PathFollower.Path path = PathFollower.follow(region, site + 4, general, status);
        for (BarriersBefore.Placed barrier : path.barriers()) {
            barrier(at.at(at.pc() + barrier.address() - site), barrier.operation());
        }
        pe.certainUpTo(path.end());
    }

    private void barrier(Place at, SiteOperation operation) {
        switch (operation) {
            case SiteOperation.DataBarrier barrier -> events.dataBarrier(at, barrier);
            case SiteOperation.InstructionBarrier barrier ->
                events.contextSynchronization(at, ContextSynchronization.Cause.ISB);
            case SiteOperation.Stop stop -> throw new IllegalStateException("no barrier: " + stop);
        }
    }

    /** Arms the breakpoints where code can be executed now. */
    private void arm(PeView stopped, long pc) throws IOException {
        codeMayHaveMoved = false;
        Set<Breakpoints.Alias> aliases = new HashSet<>();
        Set<RegimeConfiguration> done = new HashSet<>();
        for (PeView pe : pes) {
            RegimeConfiguration configuration = pe.hypervisor();
            if (pe.started() && (pe == stopped || done.add(configuration))) {
                aliases.addAll(code.aliases(configuration, pe == stopped ? pc : -1));
                done.add(configuration);
            }
        }
        breakpoints.arm(code.regions(), aliases, vectors);
    }

    private PeView peOf(ThreadId thread) throws QemuException {
        for (PeView pe : pes) {
            if (pe.thread().equals(thread)) {
                return pe;
            }
        }
        throw new QemuException(
                QemuException.Kind.ENVIRONMENT, "QEMU stopped at thread %s, which it did not list".formatted(thread));
    }

    private ExceptionLevel level(long status) {
        if (architecture == Architecture.AARCH64 && (status & 0x10) == 0) {
            return switch ((int) (status >>> 2) & 3) {
                case 0 -> ExceptionLevel.EL0;
                case 1 -> ExceptionLevel.EL1;
                case 2 -> ExceptionLevel.EL2;
                default -> ExceptionLevel.EL3;
            };
        }
        return switch ((int) status & 0x1f) {
            case 0x1a -> ExceptionLevel.EL2;
            case 0x10 -> ExceptionLevel.EL0;
            case 0x16 -> ExceptionLevel.S_EL3;
            default -> ExceptionLevel.EL1;
        };
    }
}
