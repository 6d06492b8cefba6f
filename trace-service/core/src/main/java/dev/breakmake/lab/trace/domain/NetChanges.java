package dev.breakmake.lab.trace.domain;

import dev.breakmake.translation.event.DescriptorWrite;
import dev.breakmake.translation.event.TranslationEvent;
import java.util.List;
import java.util.TreeMap;

/** Collects what changed in the tables from one step to another, both included. */
final class NetChanges implements TraceVisitor {

    private final long first;
    private final long last;
    private final TreeMap<Long, Change> changes = new TreeMap<>(Long::compareUnsigned);

    /** A descriptor's value before and after, and its last store. */
    record Change(long pa, long old, DescriptorWrite write) {
        boolean isNone() {
            return old == write.newDescriptor();
        }
    }

    NetChanges(long first, long last) {
        this.first = first;
        this.last = last;
    }

    @Override
    public boolean visit(long step, TranslationEvent event, boolean endsStep, Moment moment) {
        if (step >= first && step <= last && event instanceof DescriptorWrite write) {
            changes.merge(
                    write.descriptorPa(),
                    new Change(write.descriptorPa(), write.oldDescriptor(), write),
                    (before, now) -> new Change(before.pa(), before.old(), now.write()));
        }
        return step < last || (step == last && !endsStep);
    }

    @Override
    public long lastStep() {
        return last;
    }

    /** Net changes by address. */
    List<Change> changes() {
        return changes.values().stream().filter(change -> !change.isNone()).toList();
    }
}
