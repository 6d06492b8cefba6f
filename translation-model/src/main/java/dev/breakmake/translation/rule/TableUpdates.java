package dev.breakmake.translation.rule;

import dev.breakmake.translation.descriptor.ChangeKind;
import dev.breakmake.translation.descriptor.DescriptorChange;
import dev.breakmake.translation.event.DescriptorWrite;
import dev.breakmake.translation.event.WriteOrigin;
import dev.breakmake.translation.tlb.Frame;
import dev.breakmake.translation.tlb.Geometry;
import dev.breakmake.translation.tlb.MayHold;
import dev.breakmake.translation.tlb.TableSlice;
import dev.breakmake.translation.tlb.Tree;

/** Keeps trees and stale versions in step with table memory, and asks the rules about every word that changed. */
final class TableUpdates {
    private final MayHold mayHold;
    private final BreakBeforeMake breakBeforeMake;
    private final Coherency coherency;
    private final ControlRegisters control;
    private final LiveStores stores;
    private final Encodings encodings;
    private final Lifetimes lifetimes;
    private final DeviceTables devices;

    TableUpdates(
            Machine machine,
            BreakBeforeMake breakBeforeMake,
            Coherency coherency,
            ControlRegisters control,
            Encodings encodings,
            Lifetimes lifetimes,
            DeviceTables devices) {
        this.mayHold = machine.mayHold();
        this.breakBeforeMake = breakBeforeMake;
        this.coherency = coherency;
        this.control = control;
        this.stores = new LiveStores(machine);
        this.encodings = encodings;
        this.lifetimes = lifetimes;
        this.devices = devices;
    }

    void written(DescriptorWrite write, long now) {
        Frame frame = mayHold.memory().frame(write.pa());
        int word = (int) (write.pa() >>> 3) & (Frame.WORDS - 1);
        long old = frame.word(word);
        long stored = frame.storedAt(word);
        long fresh = write.newDescriptor();
        WriteOrigin origin = write.origin();
        if (amends(frame, old, fresh)) {
            frame.amend(word, fresh);
        } else {
            frame.store(word, fresh, now, write.pe(), write.pc());
        }
        if (origin == WriteOrigin.LINKED_ORDERED || origin == WriteOrigin.OBSERVED) {
            frame.settle(word);
        }
        if (origin != WriteOrigin.LINKED_ORDERED && origin != WriteOrigin.LINKED_UNORDERED) {
            coherency.tableWritten(write);
        }
        if (old == fresh) {
            return;
        }
        lifetimes.locked(write);
        devices.written(frame, word, old, write, now);
        TableSlice next;
        for (TableSlice slice = frame.firstSlice(); slice != null; slice = next) {
            next = slice.nextOnFrame();
            if (slice.holds(word)) {
                changed(slice, word, old, stored, write, now);
            }
        }
    }

    /**
     * Whether a store to a live leaf changes nothing but software bits, flags and permissions: uses before a barrier are served by
     * the old translation, which is as good. (Xen's domheap counts references this way, with half-word stores.)
     */
    private static boolean amends(Frame frame, long old, long fresh) {
        TableSlice slice = frame.firstSlice();
        if (slice == null || (old & fresh & 1) == 0) {
            return false;
        }
        Geometry geometry = slice.tree().geometry();
        return geometry.holdable(old, slice.level())
                && geometry.holdable(fresh, slice.level())
                && !DescriptorChange.needsBreak(DescriptorChange.mask(geometry.format(), slice.level(), old, fresh));
    }

    private void changed(TableSlice slice, int word, long old, long stored, DescriptorWrite write, long now) {
        long fresh = write.newDescriptor();
        if (onlySoftware(slice, old, fresh)) {
            // What a TLB holds of it stays what it is: no version of its own, or a later change would be told twice.
            return;
        }
        long holders = mayHold.holders(slice);
        int pe = write.pe();
        int version = mayHold.replaced(slice, word, old, stored, fresh, now, pe, write.pc());
        TableSlice linked = (fresh & 1) == 0 ? null : mayHold.linked(slice, word, fresh);
        if (slice.tree().space().regime().stage2() && !slice.stale()) {
            for (Tree guest : mayHold.translated(slice, word)) {
                for (long m = guest.walkers(); m != 0; m &= m - 1) {
                    breakBeforeMake.entered(guest, Long.numberOfTrailingZeros(m));
                }
            }
        }
        if (holders == 0) {
            return;
        }
        control.reliedOn(pe);
        if (!mayHold.mayBeWalked(slice.tree())) {
            // Nothing of it is held before some PE walks the tree again: BreakBeforeMake.entered judges then.
            if (RegisterUpdates.guest(slice.tree().space().regime()) && (fresh & 1) != 0 && !slice.stale()) {
                encodings.appeared(slice, word, fresh, pe, write.pc());
            }
            return;
        }
        if (slice.stale()) {
            if (slice.tree().geometry().holdable(fresh, slice.level())) {
                lifetimes.writtenWhileStale(slice, word, write);
            }
            return;
        }
        boolean torn = stores.stored(slice, word, old, write, holders);
        if (torn && version >= 0) {
            mayHold.versions().markReported(version);
        }
        if ((fresh & 1) == 0) {
            return;
        }
        breakBeforeMake.appeared(slice, word, fresh, linked, pe, write.pc());
        Geometry geometry = slice.tree().geometry();
        encodings.appeared(slice, word, fresh, pe, write.pc());
        if (linked != null) {
            lifetimes.linked(linked, holders, pe, write.pc());
        } else if (geometry.format().leaf(fresh, slice.level())) {
            breakBeforeMake.contiguousGroup(slice, word, fresh, pe, write.pc());
            coherency.mapped(slice, word, fresh, write);
        }
    }

    private static boolean onlySoftware(TableSlice slice, long old, long fresh) {
        Geometry geometry = slice.tree().geometry();
        return geometry.format().leaf(old, slice.level())
                && geometry.format().leaf(fresh, slice.level())
                && DescriptorChange.mask(geometry.format(), slice.level(), old, fresh) == ChangeKind.SOFTWARE.mask();
    }
}
