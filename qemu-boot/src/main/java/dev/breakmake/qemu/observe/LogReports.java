package dev.breakmake.qemu.observe;

import dev.breakmake.qemu.log.LogEntry;
import dev.breakmake.qemu.observe.EventWriter.Place;
import dev.breakmake.qemu.site.Passage;
import dev.breakmake.qemu.site.SiteOperation;
import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.register.RegimeConfiguration;
import java.util.ArrayList;
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
    private final RegisterReports registers;
    private final BarrierReports barriers;
    private final List<PeView> pes;

    /** By PE. */
    private final Map<Integer, Look> looks = new HashMap<>();

    /**
     * What was seen while a PE waited.
     *
     * @param before the hypervisor's configuration before a register write that was taken over then
     */
    private record Look(
            @Nullable Site site,
            List<TableReports.Change> changes,
            @Nullable RegimeConfiguration before) {}

    LogReports(
            Architecture architecture,
            EventWriter events,
            CodeWatch code,
            TableReports tables,
            RegisterReports registers,
            BarrierReports barriers,
            List<PeView> pes) {
        this.architecture = architecture;
        this.events = events;
        this.code = code;
        this.tables = tables;
        this.registers = registers;
        this.barriers = barriers;
        this.pes = pes;
    }

    /** Looks at the tables while a PE waits. Returns whether breakpoints suffice for it to go on, see {@link CodeWatch#follow()}. */
    boolean began(LogEntry.Began began) {
        PeView pe = pes.get(began.pe());
        Look earlier = looks.get(began.pe());
        List<TableReports.Change> changes = new ArrayList<>(earlier == null ? List.of() : earlier.changes());
        changes.addAll(tables.look());
        code.follow();
        Site site = code.loggedBehind(began.pc());
        RegimeConfiguration before = earlier == null ? null : earlier.before();
        if (site != null
                && site.operation() instanceof SiteOperation.WriteRegister write
                && Passage.movesTables(write)
                && pe.atHypervisorLevel()
                && began.first().length > 0) {
            RegimeConfiguration now = registers.take(pe, write, Site.value(write, began.first()));
            before = before == null ? now : before;
            changes.addAll(tables.look());
        }
        looks.put(began.pe(), new Look(site, changes, before));
        return code.follow();
    }

    /** Reports what was seen, now that the registers tell where the PE was and what it executed. */
    void registers(LogEntry.Registers entry) {
        Look look = looks.remove(entry.pe());
        if (look == null) {
            return;
        }
        PeView pe = pes.get(entry.pe());
        pe.level(ProgramStatus.level(architecture, entry.status()));
        Place at = new Place(pe.index(), entry.pc() - 4, pe.level());
        events.stoppedAt(at);
        tables.report(look.changes(), at, pe);
        boolean repeated = pe.logged(entry);
        if (!repeated && look.site() != null && pe.atHypervisorLevel()) {
            passed(pe, at, look.site(), entry.general(), entry.status(), look.before());
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
                RegimeConfiguration before = null;
                if (site.operation() instanceof SiteOperation.WriteRegister write && Passage.movesTables(write)) {
                    before = registers.take(pe, write, Site.value(write, general));
                    tables.update(at, pe);
                }
                passed(pe, at, site, general, status, before);
            }
        } else if (architecture == Architecture.AARCH64) {
            // The registers of A32 do not tell where an exception came from: what the log told last still counts.
            pe.stopped();
        }
    }

    private void passed(
            PeView pe, Place at, Site site, long[] general, long status, @Nullable RegimeConfiguration before) {
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
                RegimeConfiguration taken = registers.take(pe, write, value);
                registers.report(at, pe, write, value, before == null ? taken : before);
            }
        }
        barriers.after(pe, at, site, general, status);
    }
}
