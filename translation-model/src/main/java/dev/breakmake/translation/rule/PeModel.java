package dev.breakmake.translation.rule;

import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.ExceptionLevel;
import dev.breakmake.translation.event.TraceHeader;
import dev.breakmake.translation.event.TranslationRegister;
import dev.breakmake.translation.register.Implementation;
import dev.breakmake.translation.register.Regime;
import dev.breakmake.translation.register.RegisterFile;

/** What the checker knows of one PE beyond its TLBs: registers, when they were written, and when its own regime went on and off. */
public final class PeModel {
    private final RegisterFile registers;
    private final long[] writtenAt = new long[TranslationRegister.values().length];
    private final long[] writtenBy = new long[TranslationRegister.values().length];
    private final long[] enabledAt = new long[Regime.values().length];
    private final long[] disabledAt = new long[Regime.values().length];
    private final boolean[] enabled = new boolean[Regime.values().length];
    private ExceptionLevel level;
    private final boolean aarch32;
    private Regime own;
    private int vmid;
    private boolean vmidUncertain;
    private long startedAt;

    PeModel(Implementation implementation, TraceHeader header) {
        this.registers = new RegisterFile(implementation);
        this.level = header.handOver().entryLevel();
        this.aarch32 = header.architecture() == Architecture.AARCH32;
        this.own = aarch32 ? Regime.HYP : Regime.EL2;
    }

    /** Its registers, as last written. */
    public RegisterFile registers() {
        return registers;
    }

    /** Time of the last write of a register, 0 if never. */
    public long writtenAt(TranslationRegister register) {
        return writtenAt[register.ordinal()];
    }

    /** Instruction of the last write of a register. */
    public long writtenBy(TranslationRegister register) {
        return writtenBy[register.ordinal()];
    }

    void written(TranslationRegister register, long value, long time, long pc) {
        registers.set(register, value);
        findOwn();
        writtenAt[register.ordinal()] = time;
        writtenBy[register.ordinal()] = pc;
    }

    private void findOwn() {
        if (!aarch32) {
            own = registers.enabled(Regime.EL2_0) ? Regime.EL2_0 : Regime.EL2;
        }
    }

    /** The hypervisor's own regime: EL2, EL2&amp;0 under VHE, or HYP. */
    Regime hypervisorRegime() {
        return own;
    }

    /** Time a regime was last enabled, 0 if never. */
    public long enabledAt(Regime regime) {
        return enabledAt[regime.ordinal()];
    }

    /** Time a regime was last disabled, 0 if never. */
    public long disabledAt(Regime regime) {
        return disabledAt[regime.ordinal()];
    }

    /** Whether a regime is on. */
    public boolean enabled(Regime regime) {
        return enabled[regime.ordinal()];
    }

    void enabled(Regime regime, boolean on, long time) {
        int i = regime.ordinal();
        if (enabled[i] != on) {
            enabled[i] = on;
            (on ? enabledAt : disabledAt)[i] = time;
        }
    }

    /** Current exception level. */
    public ExceptionLevel level() {
        return level;
    }

    void level(ExceptionLevel now) {
        level = now;
    }

    /** VMID that guest TLB maintenance applies to; a value no VMID has while a VTTBR write is not synchronised. */
    public int maintenanceVmid() {
        return vmidUncertain ? -1 : vmid;
    }

    void vmid(int now, boolean synchronizedAlready) {
        if (now != vmid) {
            vmidUncertain = !synchronizedAlready;
            vmid = now;
        }
    }

    void vmidSynchronized() {
        vmidUncertain = false;
    }

    /** Time the PE last came out of reset. */
    public long startedAt() {
        return startedAt;
    }

    void reset(long time) {
        startedAt = time;
        registers.reset();
        findOwn();
        for (Regime regime : Regime.values()) {
            enabled(regime, false, time);
        }
        vmid = 0;
        vmidUncertain = false;
    }
}
