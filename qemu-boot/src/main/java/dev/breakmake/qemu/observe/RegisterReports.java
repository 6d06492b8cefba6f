package dev.breakmake.qemu.observe;

import dev.breakmake.qemu.observe.EventWriter.Place;
import dev.breakmake.qemu.site.SiteOperation;
import dev.breakmake.translation.event.PeState;
import dev.breakmake.translation.register.RegimeConfiguration;

/** Takes writes of translation registers over and reports them. */
final class RegisterReports {

    private final EventWriter events;
    private final CodeWatch code;
    private final TableReports tables;

    RegisterReports(EventWriter events, CodeWatch code, TableReports tables) {
        this.events = events;
        this.code = code;
        this.tables = tables;
    }

    /**
     * Takes a write over: what it makes tables is looked at from now on.
     *
     * @return the hypervisor's configuration before the write
     */
    RegimeConfiguration take(PeView pe, SiteOperation.WriteRegister write, long value) {
        RegimeConfiguration before = pe.hypervisor();
        pe.registers().set(write.register(), value);
        RegimeConfiguration after = pe.hypervisor();
        tables.link(after);
        tables.link(pe.stage2());
        if (!before.equals(after)) {
            code.mayHaveMoved();
        }
        return before;
    }

    /** Reports a write that is taken over, with what it switched. */
    void report(Place at, PeView pe, SiteOperation.WriteRegister write, long value, RegimeConfiguration before) {
        RegimeConfiguration after = pe.hypervisor();
        events.registerWrite(at, write.register(), value);
        if (before.enabled() != after.enabled()) {
            events.peState(at, after.enabled() ? PeState.Change.MMU_ON : PeState.Change.MMU_OFF, 0);
        }
        if (before.cacheEnabled() != after.cacheEnabled()) {
            events.peState(at, after.cacheEnabled() ? PeState.Change.CACHES_ON : PeState.Change.CACHES_OFF, 0);
        }
    }
}
