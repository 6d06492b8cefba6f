package dev.breakmake.engine.device;

/**
 * The Generic Timer of one PE (Arm ARM D12): physical, virtual and hypervisor timer over the machine's {@link VirtualClock}.
 *
 * <p>System register names in the Javadoc are the A64 ones; AArch32 reaches the same registers by CP15.
 */
public final class GenericTimer implements Stateful<GenericTimer.State> {

    /** The timers of a PE without Security Extensions in use. */
    public enum Timer {
        /** CNTP: EL1 physical timer, INTID 30. */
        PHYSICAL(30),
        /** CNTV: virtual timer, INTID 27. */
        VIRTUAL(27),
        /** CNTHP: EL2 physical timer, INTID 26. */
        HYPERVISOR(26);

        private final int intid;

        Timer(int intid) {
            this.intid = intid;
        }

        /** The private interrupt it raises on every platform known here. */
        public int intid() {
            return intid;
        }
    }

    /** CTL and CVAL of each timer in the order of {@link Timer}, then CNTVOFF. */
    public record State(
            int physicalControl,
            long physicalCompare,
            int virtualControl,
            long virtualCompare,
            int hypervisorControl,
            long hypervisorCompare,
            long virtualOffset) {}

    private static final int ENABLE = 1;
    private static final int IMASK = 1 << 1;
    private static final int ISTATUS = 1 << 2;

    private final int pe;
    private final VirtualClock clock;
    private final InterruptController controller;
    private final Channel physical = new Channel(Timer.PHYSICAL);
    private final Channel virtual = new Channel(Timer.VIRTUAL);
    private final Channel hypervisor = new Channel(Timer.HYPERVISOR);
    private long virtualOffset;

    /** The timers of one PE after reset: all disabled. */
    public GenericTimer(int pe, VirtualClock clock, InterruptController controller) {
        this.pe = pe;
        this.clock = clock;
        this.controller = controller;
    }

    /** CNTPCT_EL0. */
    public long physicalCount() {
        return clock.now();
    }

    /** CNTVCT_EL0. */
    public long virtualCount() {
        return clock.now() - virtualOffset;
    }

    /** CNTFRQ_EL0 as the hardware counts, whatever software wrote there. */
    public long frequency() {
        return clock.frequency();
    }

    /** CNTVOFF_EL2. */
    public long virtualOffset() {
        return virtualOffset;
    }

    /** Writes CNTVOFF_EL2. */
    public void setVirtualOffset(long offset) {
        virtualOffset = offset;
        virtual.update();
    }

    /** CNTx_CTL with ISTATUS as it is now; ISTATUS of a disabled timer reads 0. */
    public int control(Timer timer) {
        Channel channel = channel(timer);
        return channel.control | (channel.expired() ? ISTATUS : 0);
    }

    /** Writes ENABLE and IMASK of CNTx_CTL. */
    public void setControl(Timer timer, int control) {
        Channel channel = channel(timer);
        channel.control = control & (ENABLE | IMASK);
        channel.update();
    }

    /** CNTx_CVAL. */
    public long compare(Timer timer) {
        return channel(timer).compare;
    }

    /** Writes CNTx_CVAL. */
    public void setCompare(Timer timer, long compare) {
        Channel channel = channel(timer);
        channel.compare = compare;
        channel.update();
    }

    /** CNTx_TVAL: ticks left, bits 31:0 of the distance. */
    public int timerValue(Timer timer) {
        Channel channel = channel(timer);
        return (int) (channel.compare - channel.count());
    }

    /** Writes CNTx_TVAL: the timer fires that many ticks from now. */
    public void setTimerValue(Timer timer, int ticks) {
        Channel channel = channel(timer);
        channel.compare = channel.count() + ticks;
        channel.update();
    }

    private Channel channel(Timer timer) {
        return switch (timer) {
            case PHYSICAL -> physical;
            case VIRTUAL -> virtual;
            case HYPERVISOR -> hypervisor;
        };
    }

    @Override
    public State save() {
        return new State(
                physical.control,
                physical.compare,
                virtual.control,
                virtual.compare,
                hypervisor.control,
                hypervisor.compare,
                virtualOffset);
    }

    @Override
    public void restore(State state) {
        virtualOffset = state.virtualOffset;
        physical.restore(state.physicalControl, state.physicalCompare);
        virtual.restore(state.virtualControl, state.virtualCompare);
        hypervisor.restore(state.hypervisorControl, state.hypervisorCompare);
    }

    /** One comparator with its output line. */
    private final class Channel {
        private final Timer timer;
        private int control;
        private long compare;

        Channel(Timer timer) {
            this.timer = timer;
        }

        long count() {
            return timer == Timer.VIRTUAL ? virtualCount() : clock.now();
        }

        boolean expired() {
            return (control & ENABLE) != 0 && Long.compareUnsigned(count(), compare) >= 0;
        }

        void restore(int savedControl, long savedCompare) {
            control = savedControl;
            compare = savedCompare;
            update();
        }

        /** Drives the line and asks to be called when the answer changes by time alone. */
        void update() {
            boolean expired = expired();
            controller.setPrivateLine(pe, timer.intid(), expired && (control & IMASK) == 0);
            boolean waiting = control == ENABLE && !expired;
            clock.at(this, waiting ? deadline() : Long.MAX_VALUE, this::update);
        }

        /** Counter value at which this comparator fires; far futures beyond the clock's signed range never come. */
        private long deadline() {
            long distance = compare - count();
            long now = clock.now();
            return distance < 0 || now + distance < now ? Long.MAX_VALUE : now + distance;
        }
    }
}
