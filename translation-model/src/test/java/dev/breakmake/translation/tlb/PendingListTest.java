package dev.breakmake.translation.tlb;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What one PE has invalidated and not completed. */
final class PendingListTest {
    private static final long ALL = -1;

    private final PendingList list = new PendingList();

    private void add(int version, long pes, boolean shared, boolean nxs, long from, long to) {
        list.add(version, 1, pes, PendingList.FULL, shared, nxs, from, to);
    }

    @Test
    void entriesStayInOrderHoweverManyThereAre() {
        for (int i = 0; i < 100; i++) {
            list.add(i, i + 1, i + 2, (byte) (i & 1), i % 3 == 0, i % 5 == 0, 0x1000L * i, 0x1000L * i + 0xfff);
        }
        assertThat(list.size).isEqualTo(100);
        for (int i = 0; i < 100; i++) {
            assertThat(list.version[i]).isEqualTo(i);
            assertThat(list.generation[i]).isEqualTo(i + 1);
            assertThat(list.mask[i]).isEqualTo(i + 2);
            assertThat(list.kind[i]).isEqualTo((byte) (i & 1));
            assertThat(list.shared[i]).isEqualTo(i % 3 == 0);
            assertThat(list.nxs[i]).isEqualTo(i % 5 == 0);
            assertThat(list.start[i]).isEqualTo(0x1000L * i);
            assertThat(list.last[i]).isEqualTo(0x1000L * i + 0xfff);
        }
    }

    @Test
    void aRunWithoutCompletingBarriersKeepsEachEntryOnce() {
        int most = 1 << 12;
        for (int i = 0; i < most; i++) {
            add(i / 410, 1L << i % 7, true, false, 0, ALL);
        }
        assertThat(list.size).isEqualTo(most);
        add(77, 1, true, false, 0, ALL);
        assertThat(list.size).isEqualTo(11);
        for (int version = 0; version < 10; version++) {
            assertThat(list.version[version]).isEqualTo(version);
            assertThat(list.mask[version]).as("no PE is forgotten").isEqualTo(0x7f);
        }
        assertThat(list.version[10]).isEqualTo(77);
        assertThat(list.version).hasSize(most);
    }

    @Test
    void differentEntriesAreNotMergedAndTheListGrows() {
        for (int i = 0; i < 5000; i++) {
            add(i, 1, true, false, 0, ALL);
        }
        assertThat(list.size).isEqualTo(5000);
        assertThat(list.version[4999]).isEqualTo(4999);
    }

    @Test
    void aBarrierCompletesWhatItIsWideEnoughFor() {
        add(1, 1, false, false, 0, ALL);
        add(2, 1, true, false, 0, ALL);
        add(3, 1, true, true, 0, ALL);
        assertThat(list.completedBy(0, false, false)).isTrue();
        assertThat(list.completedBy(1, false, false)).as("a local barrier").isFalse();
        assertThat(list.completedBy(1, true, false)).isTrue();
        assertThat(list.completedBy(1, true, true))
                .as("DSB nXS, plain invalidate")
                .isFalse();
        assertThat(list.completedBy(2, true, true)).isTrue();
        assertThat(list.completedBy(2, true, false)).isTrue();
    }

    @Test
    void anEntryNamesAddressesOrEverything() {
        add(1, 1, true, false, 0, ALL);
        add(1, 1, true, false, 0, 0xfff);
        add(1, 1, true, false, 0xffff_ffff_ffff_f000L, ALL);
        assertThat(list.byAddress(0)).isFalse();
        assertThat(list.byAddress(1)).isTrue();
        assertThat(list.byAddress(2)).as("the last page of the address space").isTrue();
    }

    @Test
    void thePesOfARangeAreThoseOfTheEntriesThatMeetIt() {
        add(1, 1, true, false, 0x1000, 0x1fff);
        add(1, 2, true, false, 0x2000, 0x3fff);
        add(1, 4, true, false, 0xffff_8000_0000_0000L, 0xffff_8000_0000_0fffL);
        List<Integer> all = List.of(0, 1, 2);
        assertThat(list.named(all, 0, 0xfff)).isZero();
        assertThat(list.named(all, 0, 0x1000)).isEqualTo(1);
        assertThat(list.named(all, 0x1fff, 0x1fff)).isEqualTo(1);
        assertThat(list.named(all, 0x1fff, 0x2000)).isEqualTo(3);
        assertThat(list.named(all, 0x4000, 0x4fff)).isZero();
        assertThat(list.named(all, 0xffff_8000_0000_0000L, ALL)).isEqualTo(4);
        assertThat(list.named(List.of(1), 0, 0x5000)).isEqualTo(2);
    }

    @Test
    void onlyTheSameInvalidateAgainAddsNothing() {
        assertThat(list.endsWith(7, 1, 1, true, false, 0x1000, 0x1fff)).isFalse();
        add(6, 1, true, false, 0x5000, 0x5fff);
        add(7, 3, true, false, 0x1000, 0x1fff);
        assertThat(list.endsWith(7, 1, 3, true, false, 0x1000, 0x1fff)).isTrue();
        assertThat(list.endsWith(7, 1, 1, true, false, 0x1000, 0x1fff)).isTrue();
        assertThat(list.endsWith(7, 1, 5, true, false, 0x1000, 0x1fff))
                .as("another PE")
                .isFalse();
        assertThat(list.endsWith(7, 1, 1, false, false, 0x1000, 0x1fff))
                .as("a local one, which a narrower barrier completes")
                .isFalse();
        assertThat(list.endsWith(8, 1, 3, true, false, 0x1000, 0x1fff)).isFalse();
        assertThat(list.endsWith(7, 2, 3, true, false, 0x1000, 0x1fff)).isFalse();
        assertThat(list.endsWith(7, 1, 3, true, true, 0x1000, 0x1fff)).isFalse();
        assertThat(list.endsWith(7, 1, 3, true, false, 0, 0x1fff)).isFalse();
        assertThat(list.endsWith(7, 1, 3, true, false, 0x1000, 0x2fff)).isFalse();
    }
}
