package dev.breakmake.translation.rule;

import dev.breakmake.translation.event.Capability;
import dev.breakmake.translation.event.DescriptorWrite;
import dev.breakmake.translation.event.PageRole;
import dev.breakmake.translation.tlb.Frame;
import dev.breakmake.translation.tlb.LongMap;
import dev.breakmake.translation.tlb.StateLimitException;
import dev.breakmake.translation.tlb.TableSlice;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * S2-IOMMU: tables that a device walks too. What software stores in them must be cleaned to the point of coherency before the device's
 * TLB is invalidated, and memory they mapped may be given back only after that. Devices are known by hints ({@link PageRole}).
 */
public final class DeviceTables {
    /** More removed mappings than a run with an IOMMU would leave without an invalidate. */
    private static final int MOST_REMOVED = 1 << 16;
    /** 512 MiB of tables. */
    private static final int MOST_PAGES = 1 << 17;

    /** Memory that a table mapped until a store removed it. */
    private record Removed(long output, long size, long input, long time, int pe, long pc) {}

    private final Machine machine;
    private final LongMap<Long> pages = new LongMap<>();
    private final List<Removed> removed = new ArrayList<>();

    /** Judges the devices of a machine. */
    public DeviceTables(Machine machine) {
        this.machine = machine;
    }

    /** A hint. */
    void role(PageRole role) {
        switch (role.role()) {
            case DEVICE_TABLE -> {
                if (role.length() >>> 12 > MOST_PAGES) {
                    throw new StateLimitException(
                            "a device walks more than %d pages of tables: the trace is damaged".formatted(MOST_PAGES));
                }
                for (long at = role.pa() & -4096L; at - role.pa() < role.length(); at += 4096) {
                    pages.put(at >>> 12, at >>> 12);
                    unclean(at, role);
                }
            }
            case DEVICE_FLUSHED -> {
                pages.forEach(page -> unclean(page << 12, role));
                removed.clear();
            }
            case FREED, TABLE_RELEASED -> freed(role);
            default -> {}
        }
    }

    /** A store to a table; {@code old} is what the word held. */
    void written(Frame frame, int word, long old, DescriptorWrite write, long now) {
        if (pages.size() == 0 || pages.get(frame.address() >>> 12) == null || removed.size() == MOST_REMOVED) {
            return;
        }
        for (TableSlice s = frame.firstSlice(); s != null; s = s.nextOnFrame()) {
            if (s.holds(word) && s.tree().geometry().format().leaf(old, s.level())) {
                removed.add(new Removed(
                        s.tree().geometry().format().outputAddress(old, s.level()),
                        1L << s.tree().geometry().shift(s.level()),
                        s.input(word),
                        now,
                        write.pe(),
                        write.pc()));
                return;
            }
        }
    }

    private void freed(PageRole role) {
        for (Removed one : removed) {
            boolean meets = role.pa() - one.output() >= 0 && role.pa() - one.output() < one.size()
                    || one.output() - role.pa() >= 0 && one.output() - role.pa() < role.length();
            if (!meets) {
                continue;
            }
            Violation violation = report(role.pc(), role.pe(), one.input(), one.size());
            if (violation != null) {
                violation
                        .because(one.time(), one.pe(), one.pc(), "unmapped, the device's TLB not invalidated since")
                        .message("page 0x%x is freed although a device may still hold a translation to it", role.pa());
            }
            return;
        }
    }

    private void unclean(long page, PageRole role) {
        long pa = machine.sees(Capability.CACHE_STATE) ? machine.lines().mayBeDirty(page, 4096) : -1;
        if (pa == -1) {
            return;
        }
        Violation violation = report(machine.lines().dirtyWriter(pa), role.pe(), pa, 8);
        if (violation != null) {
            violation
                    .because(
                            machine.lines().dirtyAt(pa),
                            machine.lines().dirtyBy(pa),
                            machine.lines().dirtyWriter(pa),
                            "stored through the caches, not cleaned since")
                    .message(
                            "the table at 0x%x is walked by a device, but the last store to 0x%x was not cleaned to the point of coherency",
                            page, pa);
        }
    }

    private @Nullable Violation report(long pc, int pe, long start, long size) {
        return machine.reporter()
                .report(
                        RuleId.S2_IOMMU,
                        null,
                        new Reporter.Place("", "", Reporter.NO_LEVEL, pc, 1L << pe, start, size));
    }
}
