package dev.breakmake.engine.pe;

import dev.breakmake.engine.device.PeInputs;
import dev.breakmake.engine.memory.Page;
import dev.breakmake.translation.event.ContextSynchronization;
import dev.breakmake.translation.event.PeState;
import dev.breakmake.translation.event.WalkStep;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One processing element (Arm ARM: PE): general registers, PSTATE, system registers, exceptions and interrupts.
 *
 * <p>Instruction sets and boot flows drive it. The fields that every instruction touches are open; whoever runs instructions keeps
 * {@link #pc} and {@link #instructions} exact whenever it calls into this package. Without EL3; EL2, EL1 and EL0 in AArch64 state.
 */
public final class ProcessingElement implements PeInputs {

    /** Number of the register that always reads zero (XZR as a source). */
    public static final int ZR = 31;

    /** Number of the current stack pointer. */
    public static final int SP = 32;

    /** Number of the register that swallows results (XZR as a destination). */
    public static final int SINK = 33;

    /** PSTATE.D, A, I and F in {@link #daif}. */
    public static final int MASK_D = 8;

    /** PSTATE.A. */
    public static final int MASK_A = 4;

    /** PSTATE.I. */
    public static final int MASK_I = 2;

    /** PSTATE.F. */
    public static final int MASK_F = 1;

    private static final int IRQ = 1;
    private static final int FIQ = 2;
    private static final int VIRQ = 4;
    private static final int VFIQ = 8;

    private static final long HCR_FMO = 1L << 3;
    private static final long HCR_IMO = 1L << 4;
    private static final long HCR_TGE = 1L << 27;

    /** What the PE does between instructions. */
    public enum Power {
        /** Not started or switched off. */
        OFF,
        RUNNING,
        /** In WFE: an event or interrupt resumes it. */
        WAITING_FOR_EVENT,
        /** In WFI: an interrupt resumes it, masked or not. */
        WAITING_FOR_INTERRUPT
    }

    /** Number of this PE in its machine, from 0. */
    public final int id;

    /** X0 to X30, then {@link #ZR}, {@link #SP} and {@link #SINK}. */
    public final long[] x = new long[34];

    /** V0 to V31, low and high half of each; kept for guests, no arithmetic is done on them. */
    public final long[] simd = new long[64];

    /** Address of the current instruction. */
    public long pc;

    /** PSTATE.NZCV: N in bit 3, V in bit 0. */
    public int nzcv;

    /** PSTATE.DAIF: D in bit 3, F in bit 0. */
    public int daif = 15;

    /** Current exception level. */
    public int el = 2;

    /** PSTATE.SP: the level's own stack pointer is in use, not SP_EL0. */
    public boolean ownStack = true;

    /** Instructions completed since reset. */
    public long instructions;

    /** Instruction count at which whoever runs instructions returns; lowered to stop early. */
    public long limit;

    /** Page address of code that translated code must not enter, as it holds a breakpoint; 1, no page's address, for none. */
    public long breakpointPage = 1;

    /** Bytes of a line that cache maintenance by address works on. */
    public final int cacheLineBytes;

    /** Bytes a DC ZVA clears. */
    public final int zeroBlockBytes;

    /** The MMU front end. */
    public final Mmu mmu;

    /** The system registers. */
    public final SystemRegisters system;

    /** Number of barriers that ordered stores so far; every store notes it. */
    public long barrierEpoch;

    /** Number of DSBs that completed stores so far. */
    long dsbs;

    /** Forms of barriers that would say nothing new, as no other event of this PE came since; see {@link EventEmitter}. */
    int barriersSeen;

    /** Whether this PE's latest event was a context synchronisation, so that another ISB says nothing new. */
    boolean synchronizedSeen;

    /** Exclusive monitor: physical address, or -1 if open. */
    long exclusivePa = -1;

    long exclusiveLow;
    long exclusiveHigh;
    int exclusiveSize;

    /** State between instructions. */
    public Power power = Power.OFF;

    private final Cluster cluster;
    private final PeIdentity model;
    private final Regime[] regimes = {new Regime(), new Regime()};
    private final long[] stackPointers = new long[3];
    private final long[] flatUses = new long[2];
    private int inputs;
    private boolean event;
    private boolean called;
    private long guestEntries;
    private long faultedAt = -1;
    private long faultedBy;
    private int streak;
    private @Nullable ExecutionState other;
    private Firmware firmware = pe -> {
        throw new UnimplementedException("SMC without firmware");
    };

    ProcessingElement(final int id, final Cluster cluster, final PeIdentity model, final boolean fast) {
        this.id = id;
        this.cluster = cluster;
        this.model = model;
        this.cacheLineBytes = model.cacheLineBytes();
        this.zeroBlockBytes = model.zeroBlockBytes();
        this.mmu = new Mmu(this, fast);
        this.system = new SystemRegisters(this);
    }

    /** The machine part this PE shares with others. */
    public Cluster cluster() {
        return cluster;
    }

    /** What this PE is. */
    public PeIdentity model() {
        return model;
    }

    /** Replaces the AArch64 state of this PE by another one. */
    public void setState(final ExecutionState state) {
        other = state;
    }

    /** The execution state that replaces AArch64 on this PE, or null. */
    public @Nullable ExecutionState state() {
        return other;
    }

    /** Installs what answers SMC. */
    public void setFirmware(final Firmware answers) {
        firmware = answers;
    }

    /** What answers SMC. */
    public Firmware firmware() {
        return firmware;
    }

    /** The regime an exception level uses: EL2's own, or the one of EL1 and EL0. */
    public Regime regime(final int level) {
        return regimes[level == 2 ? 1 : 0];
    }

    /**
     * Starts the PE: registers in reset state, MMU and caches off, interrupts masked.
     *
     * @param entry address of the first instruction
     * @param level exception level it starts at
     */
    public void start(final long entry, final int level, final PeState.Change change) {
        el = level;
        ownStack = true;
        daif = 15;
        nzcv = 0;
        pc = entry;
        exclusivePa = -1;
        system.reset();
        final TlbAdversary adversary = cluster.adversary();
        if (adversary != null) {
            adversary.reset(this);
        }
        mmu.forgetAll();
        mmu.select(level);
        if (other != null) {
            other.reset(level);
        }
        power = Power.RUNNING;
        called = true;
        cluster.emitter().peState(this, change, entry);
    }

    /** Switches the PE off (PSCI CPU_OFF). */
    public void stop() {
        power = Power.OFF;
        cluster.emitter().peState(this, PeState.Change.CPU_OFF, 0);
        exitSoon();
    }

    /** Makes whoever runs instructions return after the current one. */
    public void exitSoon() {
        limit = Long.MIN_VALUE;
    }

    /** PE and barrier epoch as one number, kept per page by the latest store. */
    long storeStamp() {
        return (long) id << 48 | barrierEpoch;
    }

    /** A page leaves the store TLB. A store of another PE that no barrier has ordered yet matters more than one that is ordered. */
    void lastStored(final Page page, final long epoch) {
        final long before = page.lastStore;
        final int other = (int) (before >>> 48);
        if (before == -1 || other == id || cluster.pe(other).barrierEpoch != (before & 0xffff_ffff_ffffL)) {
            page.lastStore = (long) id << 48 | epoch;
        }
    }

    boolean firstFlatUse(final boolean fetch, final long stamp) {
        final int slot = fetch ? 1 : 0;
        if (flatUses[slot] > stamp) {
            return false;
        }
        flatUses[slot] = stamp + 1;
        return true;
    }

    /** PSTATE as SPSR_ELx keeps it. */
    public long savedState() {
        return (long) nzcv << 28 | (long) daif << 6 | (long) el << 2 | (ownStack ? 1 : 0);
    }

    /** SP_EL0 to SP_EL2, whichever is current. */
    public long stackPointer(final int level) {
        return current() == level ? x[SP] : stackPointers[level];
    }

    /** Writes SP_EL0 to SP_EL2. */
    public void setStackPointer(final int level, final long value) {
        stackPointers[level] = value;
        if (current() == level) {
            x[SP] = value;
        }
    }

    private int current() {
        return ownStack ? el : 0;
    }

    /** Changes exception level and stack pointer selection, with everything that follows from it. */
    void enter(final int level, final boolean own) {
        stackPointers[current()] = x[SP];
        final boolean changed = level != el;
        el = level;
        ownStack = own || level == 0;
        if (level == 0) {
            ownStack = false;
        }
        x[SP] = stackPointers[current()];
        mmu.select(level);
        if (changed) {
            cluster.emitter().peState(this, PeState.Change.EL_CHANGE, 0);
        }
    }

    /** Selects SP_EL0 or the level's own stack pointer (SPSel). */
    public void selectStack(final boolean own) {
        stackPointers[current()] = x[SP];
        ownStack = own;
        x[SP] = stackPointers[current()];
    }

    /** Changes the exception level for an execution state that banks its own registers. */
    public void changeLevel(final int level) {
        if (level < 2 && el == 2) {
            guestEntries++;
        }
        el = level;
        mmu.select(level);
        cluster.emitter().peState(this, PeState.Change.EL_CHANGE, 0);
    }

    /** Forgets an exclusive access, as an exception return does. */
    public void clearExclusiveMonitor() {
        exclusivePa = -1;
        event = true;
    }

    /** Takes a synchronous exception at the current instruction. */
    public void take(final GuestFault fault) {
        if (other != null) {
            count(fault, fault.exceptionClass);
            other.take(fault);
            return;
        }
        final int target = target(fault);
        final boolean same = target == el;
        int exceptionClass = fault.exceptionClass;
        if (fault.isAbort() && same) {
            exceptionClass++;
        }
        final long syndrome = (long) exceptionClass << 26 | 1L << 25 | fault.iss & 0x1ff_ffffL;
        final boolean addressed = fault.isAbort() || exceptionClass == 0x22;
        if (addressed) {
            system.set(target == 2 ? SystemRegister.FAR_EL2 : SystemRegister.FAR_EL1, fault.address);
        }
        if (fault.isAbort() && fault.toEl2) {
            system.set(SystemRegister.HPFAR_EL2, fault.ipa >>> 12 << 4);
        }
        system.set(target == 2 ? SystemRegister.ESR_EL2 : SystemRegister.ESR_EL1, syndrome);
        count(fault, syndrome);
        final List<WalkStep> walk =
                fault.isAbort() && cluster.emitter().enabled() ? mmu.walker().steps(fault.address, el) : List.of();
        enterVector(target, 0, syndrome, addressed ? fault.address : 0, fault.ipa, walk, fault.returnsAfter ? 4 : 0);
    }

    private void count(final GuestFault fault, final long reason) {
        streak = faultedAt == pc && faultedBy == reason && !fault.returnsAfter ? streak + 1 : 0;
        faultedAt = pc;
        faultedBy = reason;
    }

    /** The current stack pointer of whichever execution state the PE is in. */
    public long currentStackPointer() {
        return other == null ? x[SP] : other.stackPointer();
    }

    /** A hash of the general registers: equal states have equal ones. */
    public int registerHash() {
        if (other != null) {
            return other.registerHash();
        }
        // The sink is left out: translated code does not write it, and translation must never show.
        int hash = 1;
        for (int i = 0; i < SINK; i++) {
            hash = 31 * hash + Long.hashCode(x[i]);
        }
        return hash;
    }

    /** A general register that carries an argument or a result of a firmware call. */
    public long argument(final int index) {
        return other == null ? x[index] : other.argument(index);
    }

    /** Sets the first general registers. */
    public void setArguments(final long... values) {
        if (other == null) {
            System.arraycopy(values, 0, x, 0, values.length);
        } else {
            other.setArguments(values);
        }
    }

    /** How often in a row the latest synchronous exception was taken at the same place for the same reason. */
    public int exceptionStreak() {
        return streak;
    }

    private int target(final GuestFault fault) {
        if (el == 2 || fault.toEl2) {
            return 2;
        }
        final boolean general = (system.get(SystemRegister.HCR_EL2) & HCR_TGE) != 0 && el == 0;
        return general ? 2 : 1;
    }

    private void enterVector(
            final int target,
            final int kind,
            final long syndrome,
            final long address,
            final long ipa,
            final List<WalkStep> walk,
            final int advance) {
        final int origin = target > el ? 0x400 : ownStack ? 0x200 : 0;
        final int vector = origin + kind;
        cluster.emitter().exceptionTaken(this, target, syndrome, address, ipa, vector, walk);
        final long state = savedState();
        final long back = pc + advance;
        if (target == 2) {
            system.set(SystemRegister.SPSR_EL2, state);
            system.set(SystemRegister.ELR_EL2, back);
        } else {
            system.set(SystemRegister.SPSR_EL1, state);
            system.set(SystemRegister.ELR_EL1, back);
        }
        enter(target, true);
        daif = 15;
        pc = system.get(target == 2 ? SystemRegister.VBAR_EL2 : SystemRegister.VBAR_EL1) + vector;
        cluster.emitter().contextSynchronization(this, ContextSynchronization.Cause.EXCEPTION_ENTRY);
    }

    /**
     * Returns from an exception (ERET).
     *
     * @throws GuestFault if not at EL1 or EL2
     */
    public void exceptionReturn() {
        if (el == 0) {
            throw GuestFault.undefined();
        }
        final long state = system.get(el == 2 ? SystemRegister.SPSR_EL2 : SystemRegister.SPSR_EL1);
        final long back = system.get(el == 2 ? SystemRegister.ELR_EL2 : SystemRegister.ELR_EL1);
        final int level = (int) state >>> 2 & 3;
        if ((state & 0x10) != 0) {
            throw new UnimplementedException("exception return to AArch32 state, SPSR 0x%x".formatted(state));
        }
        if (level > el || (state & 2) != 0 || level == 0 && (state & 1) != 0) {
            throw new UnimplementedException("illegal exception return, SPSR 0x%x".formatted(state));
        }
        exclusivePa = -1;
        event = true;
        if (level < 2 && el == 2) {
            guestEntries++;
        }
        enter(level, (state & 1) != 0);
        nzcv = (int) (state >>> 28) & 15;
        daif = (int) (state >>> 6) & 15;
        cluster.emitter().contextSynchronization(this, ContextSynchronization.Cause.EXCEPTION_RETURN);
        pc = back;
        maskChanged();
    }

    @Override
    public void setIrq(final boolean asserted) {
        input(IRQ, asserted);
    }

    @Override
    public void setFiq(final boolean asserted) {
        input(FIQ, asserted);
    }

    @Override
    public void setVirtualIrq(final boolean asserted) {
        input(VIRQ, asserted);
    }

    @Override
    public void setVirtualFiq(final boolean asserted) {
        input(VFIQ, asserted);
    }

    /** Whether the PE was started, interrupted or woken since the last time this was asked. */
    public boolean takeCalled() {
        final boolean was = called;
        called = false;
        return was;
    }

    @Override
    public void signalEvent() {
        event = true;
        if (power == Power.WAITING_FOR_EVENT) {
            power = Power.RUNNING;
            called = true;
        }
    }

    private void input(final int line, final boolean asserted) {
        final int before = inputs;
        inputs = asserted ? inputs | line : inputs & ~line;
        if ((inputs & ~before) != 0) {
            called = true;
            if (power == Power.WAITING_FOR_INTERRUPT || power == Power.WAITING_FOR_EVENT) {
                power = Power.RUNNING;
            }
            maskChanged();
        }
    }

    /** Whether an interrupt input is asserted, masked or not. */
    public boolean interruptPending() {
        return inputs != 0;
    }

    /** Call after PSTATE.DAIF, HCR_EL2 or the level changed: a pending interrupt may be due now. */
    public void maskChanged() {
        if (inputs != 0 && due() != 0) {
            exitSoon();
        }
    }

    /** The line to take now, or 0. */
    private int due() {
        final long hcr = system.get(SystemRegister.HCR_EL2);
        if ((inputs & FIQ) != 0 && physicalDue(hcr & HCR_FMO, MASK_F)) {
            return FIQ;
        }
        if ((inputs & IRQ) != 0 && physicalDue(hcr & HCR_IMO, MASK_I)) {
            return IRQ;
        }
        final boolean guest = el < 2 && (hcr & HCR_TGE) == 0;
        if (guest && (inputs & VFIQ) != 0 && (hcr & HCR_FMO) != 0 && (daif & MASK_F) == 0) {
            return VFIQ;
        }
        if (guest && (inputs & VIRQ) != 0 && (hcr & HCR_IMO) != 0 && (daif & MASK_I) == 0) {
            return VIRQ;
        }
        return 0;
    }

    private boolean physicalDue(final long routed, final int mask) {
        final boolean toEl2 = routed != 0 || (system.get(SystemRegister.HCR_EL2) & HCR_TGE) != 0;
        if (el == 2) {
            return toEl2 && (daif & mask) == 0;
        }
        return toEl2 || (daif & mask) == 0;
    }

    /**
     * Takes a pending interrupt if one is due; call between instructions.
     *
     * @return whether one was taken
     */
    public boolean takeInterrupt() {
        final int line = inputs == 0 ? 0 : due();
        if (line == 0) {
            return false;
        }
        final boolean fast = line == FIQ || line == VFIQ;
        final long routed = system.get(SystemRegister.HCR_EL2) & ((fast ? HCR_FMO : HCR_IMO) | HCR_TGE);
        final boolean physical = line == IRQ || line == FIQ;
        if (other != null) {
            other.takeInterrupt(fast, physical && (routed != 0 || el == 2));
            return true;
        }
        enterVector(physical && (routed != 0 || el == 2) ? 2 : 1, fast ? 0x100 : 0x80, 0, 0, 0, List.of(), 0);
        return true;
    }

    /** How often this PE went from EL2 to a lower level. */
    public long guestEntries() {
        return guestEntries;
    }

    /** Waits for an event (WFE), unless one is registered. */
    public void waitForEvent() {
        if (event) {
            event = false;
        } else if (!interruptPending()) {
            power = Power.WAITING_FOR_EVENT;
        }
        exitSoon();
    }

    /** Whether an event is registered: WFE would not wait. */
    public boolean eventRegistered() {
        return event;
    }

    /** Registers an event for this PE only (SEVL). */
    public void sendLocalEvent() {
        event = true;
    }

    /** Waits for an interrupt (WFI), unless one is pending. */
    public void waitForInterrupt() {
        if (!interruptPending()) {
            power = Power.WAITING_FOR_INTERRUPT;
        }
        exitSoon();
    }

    /** Sends an event to all PEs (SEV). */
    public void sendEvent() {
        cluster.sendEvent();
    }

    /** The whole state but for what the cluster shares; opaque and never changed. */
    public record State(
            long[] x,
            long[] simd,
            long[] numbers,
            Power power,
            boolean ownStack,
            boolean synchronizedSeen,
            boolean event,
            long[] stackPointers,
            long[] flatUses,
            long[] system,
            @Nullable Object other) {

        /** Instructions completed since reset. */
        public long instructions() {
            return numbers[4];
        }
    }

    /** The state now. */
    public State save() {
        return new State(
                x.clone(),
                simd.clone(),
                new long[] {
                    pc,
                    nzcv,
                    daif,
                    el,
                    instructions,
                    barrierEpoch,
                    barriersSeen,
                    exclusivePa,
                    exclusiveLow,
                    exclusiveHigh,
                    exclusiveSize,
                    inputs,
                    guestEntries,
                    faultedAt,
                    faultedBy,
                    streak,
                    regimes[0].stamp,
                    regimes[1].stamp,
                    called ? 1 : 0,
                    dsbs
                },
                power,
                ownStack,
                synchronizedSeen,
                event,
                stackPointers.clone(),
                flatUses.clone(),
                system.save(),
                other == null ? null : other.save());
    }

    /** Continues from a state of a PE of the same kind. */
    public void restore(final State from) {
        System.arraycopy(from.x, 0, x, 0, x.length);
        System.arraycopy(from.simd, 0, simd, 0, simd.length);
        final long[] n = from.numbers;
        pc = n[0];
        nzcv = (int) n[1];
        daif = (int) n[2];
        el = (int) n[3];
        instructions = n[4];
        barrierEpoch = n[5];
        barriersSeen = (int) n[6];
        exclusivePa = n[7];
        exclusiveLow = n[8];
        exclusiveHigh = n[9];
        exclusiveSize = (int) n[10];
        inputs = (int) n[11];
        guestEntries = n[12];
        faultedAt = n[13];
        faultedBy = n[14];
        streak = (int) n[15];
        power = from.power;
        ownStack = from.ownStack;
        synchronizedSeen = from.synchronizedSeen;
        event = from.event;
        System.arraycopy(from.stackPointers, 0, stackPointers, 0, stackPointers.length);
        System.arraycopy(from.flatUses, 0, flatUses, 0, flatUses.length);
        system.restore(from.system);
        if (other != null && from.other != null) {
            other.restore(from.other);
        }
        regimes[0].stamp = n[16];
        regimes[1].stamp = n[17];
        called = n[18] != 0;
        dsbs = n[19];
        mmu.select(el);
    }

    /** The walk of an address in the regime of the current level, level by level, without side effects. */
    public List<WalkStep> walk(final long va) {
        return mmu.walker().steps(va, el);
    }
}
