package dev.breakmake.translation.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.layout.LoadSweep.State;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LoadSweepTest {
    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;
    private static final long TIB = 1L << 40;
    private static final AddressRange ALL = new AddressRange(0, 16 * TIB);

    private static List<LoadSweep.Row> rows(String layout, long smallest, long largest) {
        return new LoadSweep(LayoutFile.bundled(layout), ALL, smallest, largest, 2 * MIB).rows();
    }

    private static LoadSweep.Row at(List<LoadSweep.Row> rows, long load) {
        return rows.stream()
                .filter(row -> row.loadAddresses().contains(load))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theOldArm64LayoutIsInTheWayBelow512GibAndTheNewOneIsNot() {
        List<LoadSweep.Row> old = rows("xen-4.17-arm64", 2 * MIB, 2 * MIB);
        List<LoadSweep.Row> reworked = rows("xen-4.18-arm64", 2 * MIB, 2 * MIB);

        assertThat(at(old, GIB).smallest().text()).isEqualTo("clashes with VMAP");
        assertThat(at(old, 3 * GIB).smallest().state()).isEqualTo(State.SHARES_TABLES);
        assertThat(at(old, 512 * GIB).smallest().state()).isEqualTo(State.CLEAR);
        assertThat(reworked.getFirst().loadAddresses()).isEqualTo(new AddressRange(0, 2 * TIB));
        assertThat(reworked.getFirst().smallest().state()).isEqualTo(State.CLEAR);
        assertThat(reworked).hasSize(2);
        assertThat(reworked.getLast().smallest().text()).isEqualTo("impossible: outside the reserved area");
        assertThat(reworked.getLast().path()).isEqualTo(LoadPath.Kind.IMPOSSIBLE);
    }

    @Test
    void aLargerImageReachesARegionFromFurtherBelow() {
        LoadSweep.Row row = at(rows("xen-4.17-arm64", 1 * MIB, 8 * MIB), GIB - 2 * MIB);

        assertThat(row.dependsOnSize()).isTrue();
        assertThat(row.loadAddresses()).isEqualTo(new AddressRange(GIB - 6 * MIB, GIB));
        assertThat(row.smallest().state()).isEqualTo(State.SHARES_TABLES);
        assertThat(row.largest().text()).isEqualTo("clashes with VMAP");
    }

    @Test
    void theRowsCoverAllLoadAddressesOnceAndNeighboursDiffer() {
        for (String name : LayoutFile.BUNDLED) {
            List<LoadSweep.Row> rows = rows(name, 1 * MIB, 8 * MIB);
            long next = 0;
            for (LoadSweep.Row row : rows) {
                assertThat(row.loadAddresses().start()).as(name).isEqualTo(next);
                next = row.loadAddresses().end();
            }
            assertThat(next).isEqualTo(16 * TIB);
        }
    }

    /** What one image may not do, a larger one at the same address may not do either: both ends of the sizes suffice. */
    @Test
    void everySizeBetweenLiesBetween() {
        Random random = new Random(61);
        for (String name : LayoutFile.BUNDLED) {
            List<LoadSweep.Row> all = rows(name, 1 * MIB, 8 * MIB);
            for (int i = 0; i < 40; i++) {
                long size = 1 * MIB + random.nextLong(7 * MIB) & -4096;
                for (LoadSweep.Row row : rows(name, size, size)) {
                    LoadSweep.Row wide = at(all, row.loadAddresses().start());
                    assertThat(row.smallest().state())
                            .as("%s, size 0x%x, %s", name, size, row)
                            .isBetween(wide.smallest().state(), wide.largest().state());
                }
            }
        }
    }

    @Test
    void sizesTheWrongWayRoundAreRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> rows("xen-4.20-arm64", 8 * MIB, 2 * MIB))
                .withMessageContaining("0x200000 bytes, is smaller than the smallest, 0x800000");
    }
}
