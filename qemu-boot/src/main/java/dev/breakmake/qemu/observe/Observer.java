package dev.breakmake.qemu.observe;

import dev.breakmake.qemu.gdb.CoreRegisters;
import dev.breakmake.qemu.gdb.GdbClient;
import dev.breakmake.qemu.gdb.StopReply;
import dev.breakmake.qemu.gdb.TargetRegister;
import dev.breakmake.qemu.gdb.ThreadId;
import dev.breakmake.qemu.log.LogEntry;
import dev.breakmake.qemu.observe.EventWriter.Place;
import dev.breakmake.qemu.process.QemuException;
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
    private static final int MAX_STEPS = 100;
    private static final long AFFINITY_MASK = 0xff_00ff_ffffL;

    private final GdbClient gdb;
    private final Architecture architecture;
    private final EventWriter events;
    private final CodeWatch code;
    private final TableReports tables;
    private final RegisterReports registers;
    private final BarrierReports barriers;
    private final LogReports log;
    private final Exceptions exceptions;
    private final List<PeView> pes = new ArrayList<>();
    private boolean guestEntered;
    private boolean translatedStop;
    private boolean interrupted;
    private @Nullable PeView stepped;

    private Observer(
            GdbClient gdb, GuestMemory memory, Architecture architecture, Set<Long> logAddresses, EventSink sink) {
        this.gdb = gdb;
        this.architecture = architecture;
        this.events = new EventWriter(sink);
        this.code = new CodeWatch(gdb, memory, architecture, pes, logAddresses);
        this.tables = new TableReports(memory, events, code);
        this.barriers = new BarrierReports(code.code(), events);
        this.registers = new RegisterReports(events, code, tables);
        this.log = new LogReports(architecture, events, code, tables, registers, barriers, pes);
        this.exceptions = new Exceptions(gdb, memory, architecture, events);
    }

    /**
     * Starts to watch a machine that is stopped before its first instruction: writes the header and the reset of PE 0, and arms the
     * breakpoints.
     *
     * @param image file of the image, to find it in memory
     * @param modules further named regions for the header
     * @param backend name and version for the header
     * @param logAddresses virtual addresses of the blocks the machine's log tells of
     */
    public static Observer attach(
            GdbClient gdb,
            GuestMemory memory,
            Architecture architecture,
            Set<Long> logAddresses,
            java.nio.file.Path image,
            List<NamedRegion> modules,
            String backend,
            EventSink sink)
            throws IOException {
        Observer observer = new Observer(gdb, memory, architecture, logAddresses, sink);
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
        Place at = new Place(0, entry, ExceptionLevel.EL2);
        events.stoppedAt(at);
        events.peState(at, PeState.Change.RESET, entry);
        code.arm(first, entry);
    }

    /** Events written so far. */
    public long events() {
        return events.count();
    }

    /** Whether code of the image was met at an address that is not its physical one: the hypervisor's own mapping is known. */
    public boolean translatedStop() {
        return translatedStop;
    }

    /** Virtual addresses known so far that a log of blocks should tell of. */
    public Set<Long> behindSites() {
        return code.behindSites();
    }

    /** Whether some PE has returned to a level below the hypervisor's: a guest runs. */
    public boolean guestEntered() {
        return guestEntered;
    }

    /** Notes a console line at the place of the last stop. */
    public void consoleLine(String line) {
        events.consoleLine(line);
    }

    /** Reports what changed in the tables since the last stop; call it once when the boot is over and the machine is stopped. */
    public void finish() {
        tables.update(events.last(), pes.get(events.last().pe()));
    }

    /**
     * Lets the machine run. With several PEs a step may end before its instruction was executed: QEMU stops it for a breakpoint that another PE
     * had hit at the same moment. The PC tells; the PE then stops at the same place again.
     */
    public void resume() throws IOException {
        if (interrupted) {
            // The step before was asked about when the machine was resumed after it.
            interrupted = false;
            gdb.resume();
            return;
        }
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
        pe.level(ProgramStatus.level(architecture, status));
        if (repeated(pe, pc)) {
            return;
        }
        Site site = code.stoppedAt(pe, pc);
        translatedStop |= site != null && site.pa() != pc;
        if (pe.atHypervisorLevel() && code.isVector(pc)) {
            exception(pe, pc, core, status);
        } else {
            pe.stopped();
        }
        if (pe.atHypervisorLevel() && site != null) {
            Place at = new Place(pe.index(), pc, pe.level());
            events.stoppedAt(at);
            tables.update(at, pe);
            perform(pe, at, site, general(core), status);
        }
        code.armIfMoved(pe, pc);
    }

    private void exception(PeView pe, long pc, CoreRegisters core, long status) throws IOException {
        long from = exceptions.from(pe, pc);
        log.exception(pe, from, general(core), status);
        Place at = exceptions.taken(pe, pc, from);
        events.stoppedAt(at);
        tables.update(at, pe);
        pe.certainUpTo(-1);
    }

    /**
     * Handles what the machine's log tells. After {@link LogEntry.Began} that PE waits: tables are read then. They are reported with the
     * registers, which tell where the PE was and what it executed.
     *
     * @return whether all may go on. If not, the machine has to be interrupted before the PE that waits does: code has become executable at an
     *     address that has no breakpoints yet. Then {@link #expectAt} and {@link #interrupted()} are to be called.
     */
    public boolean logged(LogEntry entry) {
        switch (entry) {
            case LogEntry.Began began -> {
                return began.pe() >= pes.size() || log.began(began);
            }
            case LogEntry.Registers registers -> log.registers(registers);
            case LogEntry.NotStarted left -> log.notStarted(left);
        }
        return true;
    }

    /** Arms breakpoints while the machine is stopped at no particular place. */
    public void interrupted() throws IOException {
        interrupted = true;
        code.arm(pes.getFirst(), -1);
    }

    /**
     * Makes sure that a PE that waited in the log stands there still, now that the machine is stopped.
     *
     * @throws QemuException if it went on before the machine stopped
     */
    public void expectAt(LogEntry.Began waited) throws IOException {
        if (gdb.readCore(pes.get(waited.pe()).thread()).byName("pc") != waited.pc()) {
            throw new QemuException(
                    QemuException.Kind.ENVIRONMENT,
                    ("PE %d ran on from 0x%x, where code became executable at a new address, before QEMU stopped it:"
                                    + " what it did is not known. Run it again, on a machine with less to do")
                            .formatted(waited.pe(), waited.pc()));
        }
    }

    private long[] general(CoreRegisters core) {
        long[] general = new long[architecture == Architecture.AARCH64 ? 32 : 16];
        for (int i = 0; i < general.length; i++) {
            general[i] = core.general(i);
        }
        return general;
    }

    private void perform(PeView pe, Place at, Site site, long[] general, long status) throws IOException {
        boolean executed = site.conditionHolds(status);
        barriers.before(pe, at, site);
        if (executed) {
            switch (site.operation()) {
                case SiteOperation.WriteRegister write -> registerWrite(pe, at, write, general);
                case SiteOperation.InvalidateTlb invalidate ->
                    events.tlbInvalidate(at, invalidate, Site.operand(general, invalidate.operand()));
                case SiteOperation.WriteVectorBase write -> code.vectorBase(Site.operand(general, write.value()));
                case SiteOperation.CallFirmware call -> firmwareCall(pe, at, general);
                case SiteOperation.ReturnFromException exit -> exceptionReturn(pe, at);
            }
        }
        if (site.operation() instanceof SiteOperation.ReturnFromException) {
            pe.certainUpTo(-1);
        } else {
            barriers.after(pe, at, site, general, status);
        }
    }

    private void registerWrite(PeView pe, Place at, SiteOperation.WriteRegister write, long[] general) {
        long value = Site.value(write, general);
        RegimeConfiguration before = registers.take(pe, write, value);
        tables.update(at, pe);
        registers.report(at, pe, write, value, before);
    }

    private void firmwareCall(PeView pe, Place at, long[] general) throws IOException {
        long function = general[0] & 0xffff_ffffL;
        if (function != CPU_ON_32 && function != CPU_ON_64) {
            return;
        }
        long mask = function == CPU_ON_64 ? -1 : 0xffff_ffffL;
        long target = general[1] & mask & AFFINITY_MASK;
        if ((executed(pe, at.pc()).general(0) & 0xffff_ffffL) != 0) {
            return;
        }
        for (PeView other : pes) {
            if (other.affinity() == target && !other.started()) {
                other.start();
                long entry = general[2] & mask;
                events.peState(new Place(other.index(), entry, at.el()), PeState.Change.CPU_ON, entry);
                code.mayHaveMoved();
            }
        }
    }

    private void exceptionReturn(PeView pe, Place at) throws IOException {
        ExceptionLevel now =
                ProgramStatus.level(architecture, executed(pe, at.pc()).byName("cpsr"));
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

    private PeView peOf(ThreadId thread) throws QemuException {
        for (PeView pe : pes) {
            if (pe.thread().equals(thread)) {
                return pe;
            }
        }
        throw new QemuException(
                QemuException.Kind.ENVIRONMENT, "QEMU stopped at thread %s, which it did not list".formatted(thread));
    }
}
