package dev.breakmake.qemu.observe;

import dev.breakmake.qemu.observe.EventWriter.Place;
import dev.breakmake.qemu.site.BarriersBefore;
import dev.breakmake.qemu.site.PathFollower;
import dev.breakmake.qemu.site.SiteOperation;
import dev.breakmake.translation.event.ContextSynchronization;

/** Reports the barriers around a site, which nothing is stopped at: those that are executed on any way to it, and those surely executed after it. */
final class BarrierReports {

    private final CodeMap code;
    private final EventWriter events;

    BarrierReports(CodeMap code, EventWriter events) {
        this.code = code;
        this.events = events;
    }

    /** Reports the barriers that must have been executed since the last stop of this PE, if the way to here leaves no doubt. */
    void before(PeView pe, Place at, Site site) {
        if (pe.certainUpTo() == site.pa()) {
            return;
        }
        BarriersBefore before = code.barriersBefore(site.region(), site.pa());
        if (before.through().contains(pe.certainUpTo())) {
            return;
        }
        for (BarriersBefore.Placed barrier : before.barriers()) {
            barrier(at.at(at.pc() + barrier.address() - site.pa()), barrier.operation());
        }
    }

    /** Reports the barriers up to the first instruction whose effect is not certain, by the registers at the site. */
    void after(PeView pe, Place at, Site site, long[] general, long status) {
        PathFollower.Path path = PathFollower.follow(site.region(), site.pa() + 4, general, status);
        for (BarriersBefore.Placed barrier : path.barriers()) {
            barrier(at.at(at.pc() + barrier.address() - site.pa()), barrier.operation());
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
}
