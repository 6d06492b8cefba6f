package dev.breakmake.qemu.observe;

import dev.breakmake.qemu.observe.EventWriter.Place;
import dev.breakmake.translation.register.RegimeConfiguration;
import java.util.ArrayList;
import java.util.List;

/** Reports what changed in the tables from one look at them to the next. */
final class TableReports {

    private final TableSnapshots tables;
    private final EventWriter events;
    private final CodeWatch code;

    TableReports(GuestMemory memory, EventWriter events, CodeWatch code) {
        this.tables = new TableSnapshots(memory);
        this.events = events;
        this.code = code;
    }

    /** A 64-bit word of a table that became another one. */
    record Change(long pa, long before, long after) {}

    /** Makes the roots of the configurations of a PE tables, if they are not yet. */
    void link(RegimeConfiguration configuration) {
        tables.link(configuration);
    }

    /** Looks, and reports later. */
    List<Change> look() {
        List<Change> changes = new ArrayList<>();
        tables.update((pa, before, after) -> {
            changes.add(new Change(pa, before, after));
            code.changed(before, after);
        });
        return changes;
    }

    /** Reports changes, as made by nobody in particular before that place. */
    void report(List<Change> changes, Place at, PeView pe) {
        boolean cacheable = pe.hypervisor().enabled() && pe.hypervisor().cacheEnabled();
        for (Change change : changes) {
            events.descriptorWrite(at, change.pa(), change.before(), change.after(), cacheable);
        }
    }

    /** Looks and reports. */
    void update(Place at, PeView pe) {
        report(look(), at, pe);
    }
}
