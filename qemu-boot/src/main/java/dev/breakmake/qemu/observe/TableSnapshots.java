package dev.breakmake.qemu.observe;

import dev.breakmake.translation.descriptor.DescriptorFormat;
import dev.breakmake.translation.register.Granule;
import dev.breakmake.translation.register.RegimeConfiguration;
import dev.breakmake.translation.register.TranslationRoot;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What every translation table held at the last stop. A page becomes a table when a root or a table descriptor first points to it and stays
 * one: a later store to a former table matters as long as any PE may still walk it.
 */
final class TableSnapshots {

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** More table pages than this are no tables but garbage followed as if it were. */
    private static final int MAX_PAGES = 65_536;

    /** Takes changes in ascending order of page and index. */
    interface ChangeSink {
        /** A 64-bit word of a table became another one since the last stop; before is 0 for a table seen for the first time. */
        void changed(long pa, long before, long after);
    }

    private record Use(int level, Granule granule) {}

    private static final class Page {
        private final long pa;
        private byte[] bytes;
        private final Map<Use, DescriptorFormat> uses = new LinkedHashMap<>();
        private boolean seen;

        private Page(long pa, int bytes) {
            this.pa = pa;
            this.bytes = new byte[bytes];
        }
    }

    private final GuestMemory memory;
    private final Map<Long, Page> pages = new HashMap<>();
    private final List<Page> order = new ArrayList<>();

    TableSnapshots(GuestMemory memory) {
        this.memory = memory;
    }

    /** Number of pages that are or were tables. */
    int pages() {
        return order.size();
    }

    /** Makes the roots of a configuration tables, if they are not yet; their contents are reported at the next {@link #update}. */
    void link(RegimeConfiguration configuration) {
        for (TranslationRoot root : configuration.roots()) {
            if (root.base() != 0) {
                use(
                        root.base(),
                        (int) root.bytes(),
                        new Use(root.startLevel(), root.granule()),
                        DescriptorFormat.of(configuration, root));
            }
        }
    }

    private void use(long pa, int bytes, Use use, DescriptorFormat format) {
        if (!memory.contains(pa, bytes)) {
            return;
        }
        Page page = pages.get(pa);
        if (page == null) {
            if (order.size() == MAX_PAGES) {
                return;
            }
            page = new Page(pa, bytes);
            pages.put(pa, page);
            order.add(page);
        } else if (bytes > page.bytes.length) {
            page.bytes = java.util.Arrays.copyOf(page.bytes, bytes);
        }
        if (page.uses.putIfAbsent(use, format) == null) {
            // Seen as a table of another level than before: its entries have to be followed again.
            page.seen = false;
        }
    }

    /** Compares all tables with the last stop, follows new table descriptors, and reports every word that differs. */
    void update(ChangeSink sink) {
        // New pages are appended while the loop runs and are then visited in the same pass.
        for (int i = 0; i < order.size(); i++) {
            Page page = order.get(i);
            MemorySegment now = memory.slice(page.pa, page.bytes.length);
            MemorySegment before = MemorySegment.ofArray(page.bytes);
            long difference = before.mismatch(now);
            if (difference >= 0) {
                compare(page, before, now, difference & ~7L, sink);
            }
            if (!page.seen) {
                page.seen = true;
                followAll(page);
            }
        }
    }

    private void compare(Page page, MemorySegment before, MemorySegment now, long from, ChangeSink sink) {
        for (long offset = from; offset < page.bytes.length; offset += 8) {
            long old = before.get(LONG, offset);
            long word = now.get(LONG, offset);
            if (old != word) {
                before.set(LONG, offset, word);
                follow(page, word);
                sink.changed(page.pa + offset, old, word);
            }
        }
    }

    private void followAll(Page page) {
        MemorySegment words = MemorySegment.ofArray(page.bytes);
        for (int offset = 0; offset < page.bytes.length; offset += 8) {
            long word = words.get(LONG, offset);
            if ((word & 3) == 3) {
                follow(page, word);
            }
        }
    }

    private void follow(Page page, long word) {
        if ((word & 3) != 3) {
            return;
        }
        for (Map.Entry<Use, DescriptorFormat> entry : List.copyOf(page.uses.entrySet())) {
            Use use = entry.getKey();
            DescriptorFormat format = entry.getValue();
            if (format.table(word, use.level()) && !format.addressTooLarge(word)) {
                int bytes = (int) use.granule().bytes();
                use(format.address(word), bytes, new Use(use.level() + 1, use.granule()), format);
            }
        }
    }
}
