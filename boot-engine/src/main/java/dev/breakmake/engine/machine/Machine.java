package dev.breakmake.engine.machine;

import dev.breakmake.engine.device.ConsoleLog;
import dev.breakmake.engine.isa.Breakpoint;
import dev.breakmake.engine.isa.CodeCache;
import dev.breakmake.engine.isa.Translation;
import dev.breakmake.engine.isa.a32.AArch32;
import dev.breakmake.engine.isa.a64.Interpreter;
import dev.breakmake.engine.memory.GuestMemory;
import dev.breakmake.engine.memory.PhysicalBus;
import dev.breakmake.engine.pe.Cluster;
import dev.breakmake.engine.pe.EventEmitter;
import dev.breakmake.engine.pe.PeIdentity;
import dev.breakmake.engine.pe.ProcessingElement;
import dev.breakmake.engine.pe.TlbAdversary;
import dev.breakmake.engine.pe.UnimplementedException;
import dev.breakmake.engine.platform.BootPlan;
import dev.breakmake.engine.platform.CpuModel;
import dev.breakmake.engine.platform.GicMap;
import dev.breakmake.engine.platform.Platform;
import dev.breakmake.translation.OutcomeKind;
import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.EventSink;
import dev.breakmake.translation.event.Marker;
import dev.breakmake.translation.event.PeState;
import dev.breakmake.translation.event.TranslationEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A machine with an image loaded. One thread runs it; PEs take turns of a fixed number of instructions in a fixed order, so the same
 * specification always gives the same run.
 */
public final class Machine {

    /** Arrivals at a branch target, older boots counting less, before it is translated: late, for most processes boot once. */
    private static final int TRANSLATE_AFTER = 1000;

    /** Waiting rounds without anything due after which the machine counts as hung. */
    private static final int PATIENCE = 2000;

    private static final CodeCache CODE = new CodeCache(Translation.background(TRANSLATE_AFTER));

    private final BootSpecification specification;
    private final BootPlan plan;
    private final GuestMemory memory;
    private final EventEmitter emitter;
    private final Cluster cluster;
    private final List<Runnable> interpreters = new ArrayList<>();
    private final VirtualTime time;
    private final ConsoleLog console;
    private final ConsoleWatch watch;
    private final Board board;
    private final StallDetector stalls;
    private final boolean guestEntry;
    private final String breakpointName;
    private @Nullable Stop stop;
    private int waitingRounds;
    private final Interleaving interleaving;
    private long previousPc;

    /** Why and where the machine stopped. */
    private record Stop(OutcomeKind kind, String message, ProcessingElement pe) {}

    /** A machine ready to execute its first instruction. */
    public Machine(final BootPlan plan, final BootSpecification specification, final @Nullable EventSink events) {
        this(plan, specification, events, CODE, identity(plan.platform()));
    }

    /** A machine whose decoded and translated code comes from a cache of its own. */
    Machine(
            final BootPlan plan,
            final BootSpecification specification,
            final @Nullable EventSink events,
            final CodeCache code) {
        this(plan, specification, events, code, identity(plan.platform()));
    }

    /** A machine whose PEs are others than the platform's. */
    Machine(
            final BootPlan plan,
            final BootSpecification specification,
            final @Nullable EventSink events,
            final PeIdentity pes) {
        // What is decoded depends on what PEs have.
        this(plan, specification, events, new CodeCache(Translation.OFF), pes);
    }

    private Machine(
            final BootPlan plan,
            final BootSpecification specification,
            final @Nullable EventSink events,
            final CodeCache code,
            final PeIdentity pes) {
        this(plan, specification, code, new GuestMemory(plan.platform().ram()), new EventEmitter(events), null, pes);
        for (final BootPlan.Load load : plan.loads()) {
            memory.write(load.address(), load.bytes());
        }
        emitter.header(Headers.of(plan, cluster.pe(0).model(), interleaving.description()));
        final ProcessingElement first = cluster.pe(0);
        final boolean secure = plan.platform().cpu() == CpuModel.CORTEX_A15_SECURE;
        first.start(plan.registers().pc(), secure ? 1 : 2, PeState.Change.RESET);
        first.setArguments(plan.registers().general());
    }

    /** A machine that goes on from a snapshot. */
    Machine(final Snapshot from, final BootSpecification specification, final @Nullable EventSink events) {
        this(
                from.plan,
                specification,
                CODE,
                Cluster.forkMemory(from.memory),
                new EventEmitter(events, from.events),
                from,
                identity(from.plan.platform()));
        time.set(from.nanoseconds);
        console.restore(from.console);
        watch.restore(from.watch);
        board.restore(from.board);
        for (int id = 0; id < cluster.size(); id++) {
            cluster.pe(id).restore(from.pes.get(id));
        }
        cluster.setAdversary(from.adversary);
        waitingRounds = from.waitingRounds;
    }

    private Machine(
            final BootPlan plan,
            final BootSpecification specification,
            final CodeCache code,
            final GuestMemory memory,
            final EventEmitter emitter,
            final @Nullable Snapshot from,
            final PeIdentity pes) {
        this.specification = specification;
        this.plan = plan;
        this.memory = memory;
        this.emitter = emitter;
        final Platform platform = plan.platform();
        final boolean narrow = platform.cpu().architecture() == Architecture.AARCH32;
        final PhysicalBus bus = new PhysicalBus(memory);
        cluster = new Cluster(bus, emitter, pes, platform.pes());
        time = new VirtualTime(platform.counterFrequency());
        watch = new ConsoleWatch(specification.until());
        console = new ConsoleLog(this::line);
        board = new Board(platform, cluster, bus, time, console, this::poweredOff);
        guestEntry = specification.until() instanceof Until.GuestEntry;
        breakpointName = specification.until() instanceof Until.Address address ? address.name() : "";
        stalls = from == null ? new StallDetector(platform.pes()) : new StallDetector(from.stalls);
        interleaving = from == null
                ? new Interleaving(platform.pes(), specification.seed())
                : new Interleaving(from.interleaving);
        for (final ProcessingElement pe : cluster.elements()) {
            if (narrow) {
                final AArch32 state = new AArch32(pe, code, platform.cpu() == CpuModel.CORTEX_A15_SECURE);
                pe.setState(state);
                if (specification.until() instanceof Until.Address address) {
                    state.setBreakpoint(address.address());
                }
                interpreters.add(state::run);
            } else {
                final Interpreter interpreter = new Interpreter(pe, code);
                if (specification.until() instanceof Until.Address address) {
                    interpreter.setBreakpoint(address.address());
                }
                interpreters.add(interpreter::run);
            }
        }
        switch (specification.tlbPolicy()) {
            case FLUSH_EAGERLY -> {}
            case KEEP_STALE -> cluster.setAdversary(TlbAdversary.Policy.KEEP_STALE, specification.seed());
            case PREFER_OLD -> cluster.setAdversary(TlbAdversary.Policy.PREFER_OLD, specification.seed());
            case CONFLICT_ABORT -> cluster.setAdversary(TlbAdversary.Policy.CONFLICT_ABORT, specification.seed());
        }
    }

    private static PeIdentity identity(final Platform platform) {
        return switch (platform.cpu()) {
            case CORTEX_A15 -> PeIdentity.cortexA15();
            case CORTEX_A15_SECURE -> PeIdentity.cortexA15Secure();
            case CORTEX_A57 -> PeIdentity.cortexA57(platform.gic() instanceof GicMap.V3);
        };
    }

    /** The PEs and what they share. */
    public Cluster cluster() {
        return cluster;
    }

    /** Guest memory. */
    public GuestMemory memory() {
        return memory;
    }

    /** What the guest printed. */
    public ConsoleLog console() {
        return console;
    }

    private void line(final String text, final int pe) {
        final ProcessingElement writer = cluster.pe(pe);
        emitter.marker(writer, Marker.Kind.CONSOLE_LINE, text);
        final OutcomeKind kind = watch.line(text);
        if (kind != null) {
            stop(kind, watch.message(), writer);
        }
    }

    private void poweredOff(final ProcessingElement pe, final String how) {
        final boolean asked = specification.until() instanceof Until.PowerOff;
        stop(asked ? OutcomeKind.REACHED : OutcomeKind.HUNG, how, pe);
    }

    private void stop(final OutcomeKind kind, final String message, final ProcessingElement pe) {
        if (stop == null) {
            stop = new Stop(kind, message, pe);
        }
        pe.exitSoon();
    }

    /** Runs to the end of the boot. */
    public BootResult run() {
        while (stop == null) {
            round();
        }
        emitter.flush();
        return Outcomes.describe(this, stop.kind, stop.message, stop.pe, specification.symbols(), time.nanoseconds());
    }

    /**
     * Executes one instruction of the boot PE, for comparison with another machine step by step. Interrupts are left to the caller
     * ({@link ProcessingElement#takeInterrupt}).
     */
    public void step() {
        time.ring();
        final ProcessingElement pe = cluster.pe(0);
        previousPc = pe.pc;
        time.begin(pe);
        pe.limit = pe.instructions + 1;
        interpreters.getFirst().run();
        time.advance(time.end());
    }

    /** Address of the instruction {@link #step} executed last. */
    public long previousPc() {
        return previousPc;
    }

    /** Whether the boot has come to its end. */
    public boolean stopped() {
        return stop != null;
    }

    /** Lets virtual time pass before the first instruction. */
    public void delay(final long nanoseconds) {
        time.advance(nanoseconds);
    }

    /** Sets the instructions of one turn. */
    void setQuantum(final int instructions) {
        interleaving.fix(instructions);
    }

    /**
     * The machine as it is now; call between {@link #runTo} and whatever comes next.
     *
     * @param prefix the events so far, which a fork's listener gets first; may be empty
     */
    public Snapshot snapshot(final List<TranslationEvent> prefix) {
        final GuestMemory frozen = cluster.forkMemory();
        final Cluster held =
                new Cluster(new PhysicalBus(frozen), emitter, cluster.pe(0).model(), cluster.size());
        held.setAdversary(cluster.adversary());
        final ConsoleWatch watched = new ConsoleWatch(specification.until());
        watched.restore(watch);
        return new Snapshot(
                plan,
                specification,
                frozen,
                cluster.elements().stream().map(ProcessingElement::save).toList(),
                emitter.save(),
                board.save(),
                console.save(),
                watched,
                new StallDetector(stalls),
                new Interleaving(interleaving),
                time.nanoseconds(),
                waitingRounds,
                held.adversary(),
                prefix);
    }

    /**
     * Runs whole rounds until something holds or the boot has come to its end.
     *
     * @return whether it holds
     */
    public boolean runTo(final BooleanSupplier goal) {
        while (stop == null && !goal.getAsBoolean()) {
            round();
        }
        return stop == null;
    }

    /** One turn of every PE. */
    void round() {
        time.ring();
        long longest = 0;
        boolean ran = false;
        interleaving.beginRound();
        for (int turn = 0; turn < cluster.size() && stop == null; turn++) {
            final int id = interleaving.pe(turn);
            final ProcessingElement pe = cluster.pe(id);
            if (pe.power == ProcessingElement.Power.RUNNING) {
                ran = true;
                longest = Math.max(longest, turn(pe, id));
            }
        }
        time.advance(longest);
        if (!ran) {
            idle();
        } else {
            waitingRounds = 0;
            checkLimits();
        }
    }

    /**
     * Lets a PE run its turn.
     *
     * @return nanoseconds it took
     */
    private long turn(final ProcessingElement pe, final int id) {
        final Runnable interpreter = interpreters.get(id);
        time.begin(pe);
        final int quantum = interleaving.quantum(cluster, pe);
        long until = pe.instructions + quantum;
        final long alarm = time.untilAlarm();
        if (alarm < quantum) {
            until = pe.instructions + Math.max(1, alarm);
        }
        try {
            while (pe.instructions < until && stop == null && pe.power == ProcessingElement.Power.RUNNING) {
                pe.takeInterrupt();
                pe.limit = until;
                interpreter.run();
                if (guestEntry && pe.guestEntries() > 0) {
                    stop(OutcomeKind.REACHED, "a guest runs its first instruction", pe);
                }
                final long sooner = time.untilAlarm();
                if (sooner < until - pe.instructions) {
                    until = pe.instructions + sooner;
                }
            }
        } catch (final Breakpoint reached) {
            emitter.marker(pe, Marker.Kind.SYMBOL, breakpointName);
            stop(OutcomeKind.REACHED, breakpointName, pe);
        } catch (final UnimplementedException missing) {
            stop(OutcomeKind.UNIMPLEMENTED, String.valueOf(missing.getMessage()), pe);
        }
        if (pe.exceptionStreak() >= 64) {
            stop(OutcomeKind.EXCEPTION_LOOP, "the same exception is taken over and over", pe);
        }
        stalls.sample(pe);
        return time.end();
    }

    private void idle() {
        final long alarm = time.untilAlarm();
        if (alarm != Long.MAX_VALUE) {
            time.advance(Math.max(alarm, 1));
            waitingRounds = 0;
            checkLimits();
            return;
        }
        waitingRounds++;
        boolean anyone = false;
        for (final ProcessingElement pe : cluster.elements()) {
            if (pe.power == ProcessingElement.Power.WAITING_FOR_EVENT) {
                pe.signalEvent();
                anyone = true;
            }
        }
        if (!anyone || waitingRounds > PATIENCE) {
            stop(OutcomeKind.HUNG, "every PE waits and nothing is due", cluster.pe(0));
        }
    }

    private void checkLimits() {
        final long total = instructions();
        if (total >= specification.limits().instructions()) {
            stop(OutcomeKind.LIMIT, "%d instructions executed".formatted(total), cluster.pe(0));
        } else if (time.nanoseconds() >= specification.limits().virtualNanoseconds()) {
            stop(OutcomeKind.LIMIT, "%d ns of virtual time passed".formatted(time.nanoseconds()), cluster.pe(0));
        } else if (!time.hasAlarm() && stalls.stalled(cluster)) {
            stop(OutcomeKind.HUNG, "no PE makes progress: all run in the same few states", cluster.pe(0));
        }
    }

    /** Instructions all PEs together have executed. */
    public long instructions() {
        long total = 0;
        for (int id = 0; id < cluster.size(); id++) {
            total += cluster.pe(id).instructions;
        }
        return total;
    }

    /** What was loaded where. */
    public BootPlan plan() {
        return plan;
    }

    Board board() {
        return board;
    }
}
