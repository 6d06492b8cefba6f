package dev.breakmake.qemu.observe;

import dev.breakmake.qemu.log.LogEntry;
import dev.breakmake.qemu.observe.EventWriter.Place;
import dev.breakmake.qemu.site.Passage;
import dev.breakmake.qemu.site.SiteOperation;
import dev.breakmake.translation.event.Architecture;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns what the machine's log tells into events: a PE that comes to a block has executed the site before it. */
final class LogReports {

    private final Architecture architecture;
    private final EventWriter events;
    private final CodeWatch code;
    private final TableReports tables;
    private final BarrierReports barriers;
    private final List<PeView> pes;

    /** What was seen while a PE waited, by PE. */
    private final Map<Integer, Look> looks = new HashMap<>();

    private record Look(@Nullable Site site, List<TableReports.Change> changes) {}

    LogReports(
            Architecture architecture,
            EventWriter events,
            CodeWatch code,
            TableReports tables,
            BarrierReports barriers,
            List<PeView> pes) {
        this.architecture = architecture;
        this.events = events;
        this.code = code;
        this.tables = tables;
        this.barriers = barriers;
        this.pes = pes;
    }

    /** Looks at the tables while a PE waits. Returns whether breakpoints suffice for it to go on, see {@link CodeWatch#follow()}. */
    boolean began(LogEntry.Began began) {
        List<TableReports.Change> changes = tables.look();
        boolean suffice = code.follow();
        looks.put(began.pe(), new Look(code.loggedBehind(began.pc()), changes));
        return suffice;
    }

    /** Reports what was seen, now that the registers tell where the PE was and what it executed. */
    void registers(LogEntry.Registers registers) {
        Look look = looks.remove(registers.pe());
        if (look == null) {
            return;
        }
        PeView pe = pes.get(registers.pe());
        pe.level(ProgramStatus.level(architecture, registers.status()));
        Place at = new Place(pe.index(), registers.pc() - 4, pe.level());
        events.stoppedAt(at);
        tables.report(look.changes(), at, pe);
        boolean repeated = pe.logged(registers);
        if (!repeated && look.site() != null && pe.atHypervisorLevel()) {
            passed(pe, at, look.site(), registers.general(), registers.status());
        }
    }

    /** Notes that a block was left before its first instruction. */
    void notStarted(LogEntry.NotStarted left) {
        pes.forEach(pe -> pe.leftBlock(left.pc()));
    }

    /**
     * Reports the site an exception came directly behind, if the log could not tell of it yet. The log tells of the block behind it again when
     * the PE comes back.
     *
     * @param from where the exception returns to
     */
    void exception(PeView pe, long from, long[] general, long status) {
        Site site = code.loggedBehind(from);
        if (site != null) {
            if (!pe.exceptionBehind(from, general, status)) {
                Place at = new Place(pe.index(), from - 4, pe.level());
                events.stoppedAt(at);
                tables.update(at, pe);
                passed(pe, at, site, general, status);
            }
        } else if (architecture == Architecture.AARCH64) {
            // The registers of A32 do not tell where an exception came from: what the log told last still counts.
            pe.stopped();
        }
    }

    private void passed(PeView pe, Place at, Site site, long[] general, long status) {
        Passage passage = Passage.through(site.region(), site.pa());
        if (passage == null || !passage.taken(status)) {
            return;
        }
        barriers.before(pe, at, site);
        // It changes no flag: its condition, if it has one, can still be looked at behind it.
        if (site.conditionHolds(status)) {
            if (site.operation() instanceof SiteOperation.InvalidateTlb invalidate) {
                events.tlbInvalidate(at, invalidate, Site.operand(general, invalidate.operand()));
            } else if (site.operation() instanceof SiteOperation.WriteRegister write) {
                long value = Site.value(write, general);
                pe.registers().set(write.register(), value);
                events.registerWrite(at, write.register(), value);
            }
        }
        barriers.after(pe, at, site, general, status);
    }
}
