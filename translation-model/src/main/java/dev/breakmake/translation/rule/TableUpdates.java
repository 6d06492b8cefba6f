package dev.breakmake.translation.rule;

import dev.breakmake.translation.event.DescriptorWrite;
import dev.breakmake.translation.event.PageRole;
import dev.breakmake.translation.event.WriteOrigin;
import dev.breakmake.translation.tlb.Frame;
import dev.breakmake.translation.tlb.Geometry;
import dev.breakmake.translation.tlb.MayHold;
import dev.breakmake.translation.tlb.TableSlice;

/** Keeps trees and stale versions in step with table memory, and asks the rules about every word that changed. */
final class TableUpdates {
    private final MayHold mayHold;
    private final BreakBeforeMake breakBeforeMake;
    private final Coherency coherency;
    private final ControlRegisters control;

    TableUpdates(Machine machine, BreakBeforeMake breakBeforeMake, Coherency coherency, ControlRegisters control) {
        this.mayHold = machine.mayHold();
        this.breakBeforeMake = breakBeforeMake;
        this.coherency = coherency;
        this.control = control;
    }

    void written(DescriptorWrite write, long now) {
        Frame frame = mayHold.memory().frame(write.pa());
        int word = (int) (write.pa() >>> 3) & (Frame.WORDS - 1);
        long old = frame.word(word);
        long fresh = write.newDescriptor();
        WriteOrigin origin = write.origin();
        frame.store(word, fresh, now, write.pe(), write.pc());
        if (origin == WriteOrigin.LINKED_ORDERED || origin == WriteOrigin.OBSERVED) {
            frame.settle(word);
        }
        if (origin != WriteOrigin.LINKED_ORDERED && origin != WriteOrigin.LINKED_UNORDERED) {
            coherency.tableWritten(write);
        }
        if (old == fresh) {
            return;
        }
        TableSlice next;
        for (TableSlice slice = frame.firstSlice(); slice != null; slice = next) {
            next = slice.nextOnFrame();
            if (slice.holds(word)) {
                changed(slice, word, old, write, now);
            }
        }
    }

    private void changed(TableSlice slice, int word, long old, DescriptorWrite write, long now) {
        long fresh = write.newDescriptor();
        long holders = mayHold.holders(slice);
        int pe = write.pe();
        mayHold.replaced(slice, word, old, fresh, now, pe, write.pc());
        TableSlice linked = (fresh & 1) == 0 ? null : mayHold.linked(slice, word, fresh);
        if (holders == 0) {
            return;
        }
        control.reliedOn(pe);
        if ((fresh & 1) == 0 || slice.stale()) {
            return;
        }
        breakBeforeMake.appeared(slice, word, fresh, linked, pe, write.pc());
        Geometry geometry = slice.tree().geometry();
        if (geometry.format().leaf(fresh, slice.level())) {
            breakBeforeMake.contiguousGroup(slice, word, fresh, pe, write.pc());
        }
    }

    void role(PageRole role) {
        if (role.length() < 0) {
            throw new IllegalArgumentException(
                    "event %d: a page role of %d bytes".formatted(role.sequence(), role.length()));
        }
    }
}
