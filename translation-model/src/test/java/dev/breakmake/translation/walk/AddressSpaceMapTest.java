package dev.breakmake.translation.walk;

import static dev.breakmake.translation.event.TranslationRegister.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.register.Implementation;
import dev.breakmake.translation.register.Regime;
import dev.breakmake.translation.register.RegimeConfiguration;
import dev.breakmake.translation.register.RegisterFile;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AddressSpaceMapTest {
    private static final long ATTRIBUTES = 0x700 | 7 << 2;

    private static RegimeConfiguration el2(long root) {
        RegisterFile file = new RegisterFile(new Implementation(Architecture.AARCH64, 48, Set.of(), true));
        file.set(TCR_EL2, 0x3510 | 5L << 16);
        file.set(TTBR0_EL2, root);
        file.set(MAIR_EL2, 0xff00_0000_0000_0004L);
        return file.configuration(Regime.EL2);
    }

    /** Root at {@code base}, level 1 and 2 and 3 tables in the pages after it; L2[1] and L3[0..3] of L2[2] map memory. */
    private static TableMemory tree(TableMemory memory, long base, long output) {
        memory.with(base, (base + 0x1000) | 3)
                .with(base + 0x1000, (base + 0x2000) | 3)
                .with(base + 0x2008, output | ATTRIBUTES | 1)
                .with(base + 0x2010, (base + 0x3000) | 3);
        for (int i = 0; i < 4; i++) {
            memory.with(base + 0x3000 + 8L * i, (output + 0x20_0000 + 0x1000L * i) | ATTRIBUTES | 3);
        }
        return memory;
    }

    @Test
    void neighboursOfDifferentSizesBecomeOneRange() {
        AddressSpaceMap map = AddressSpaceMap.of(el2(0x1000), tree(new TableMemory(), 0x1000, 0x4000_0000L));
        assertThat(map.complete()).isTrue();
        assertThat(map.tables()).isEqualTo(4);
        assertThat(map.ranges()).hasSize(1);
        assertThat(map.ranges().getFirst().text()).isEqualTo("0x200000-0x403fff -> 0x40000000 RW X Normal-WB ISH");
        assertThat(map.at(0x40_3fff)).isSameAs(map.ranges().getFirst());
        assertThat(map.at(0x40_4000)).isNull();
    }

    @Test
    void theMapAgreesWithTheWalkerOnEveryPage() {
        RegimeConfiguration configuration = el2(0x1000);
        TableMemory memory = tree(new TableMemory(), 0x1000, 0x4000_0000L).with(0x4008, 0);
        AddressSpaceMap map = AddressSpaceMap.of(configuration, memory);
        Walker walker = new Walker(configuration, memory);
        for (long va = 0; va < 0x80_0000; va += 0x1000) {
            MappedRange range = map.at(va);
            assertThat(range == null ? -1 : range.outputOf(va))
                    .isEqualTo(walker.walk(va).output());
        }
    }

    @Test
    void twoTreesCompareRangeByRange() {
        TableMemory memory = tree(tree(new TableMemory(), 0x1000, 0x4000_0000L), 0x1_0000, 0x4000_0000L);
        memory.with(0x1_3000, 0x4020_0000L | ATTRIBUTES | 1 << 7 | 3)
                .with(0x1_3008, 0x5020_1000L | ATTRIBUTES | 3)
                .with(0x1_3010, 0)
                .with(0x1_3020, 0x4020_4000L | ATTRIBUTES | 3);
        MapDifference difference =
                AddressSpaceMap.of(el2(0x1000), memory).differenceTo(AddressSpaceMap.of(el2(0x1_0000), memory));
        assertThat(difference.identical()).isFalse();
        assertThat(difference.differences())
                .extracting(MapDifference.Difference::kind)
                .containsExactly(
                        MapDifference.Kind.PERMISSION_ONLY,
                        MapDifference.Kind.CONFLICTING,
                        MapDifference.Kind.REMOVED,
                        MapDifference.Kind.ADDED);
        assertThat(difference.of(MapDifference.Kind.CONFLICTING).getFirst().input())
                .isEqualTo(new AddressRange(0x40_1000, 0x40_2000));
        assertThat(difference.bytes()).containsEntry(MapDifference.Kind.IDENTICAL, 0x20_1000L);
        assertThat(difference.summary())
                .isEqualTo("identical 2052 KiB, permission-only 4 KiB in 1 ranges, removed 4 KiB in 1 ranges,"
                        + " added 4 KiB in 1 ranges, conflicting 4 KiB in 1 ranges");
    }

    @Test
    void equalTreesInDifferentPagesAreIdentical() {
        TableMemory memory = tree(tree(new TableMemory(), 0x1000, 0x4000_0000L), 0x1_0000, 0x4000_0000L);
        MapDifference difference =
                AddressSpaceMap.of(el2(0x1000), memory).differenceTo(AddressSpaceMap.of(el2(0x1_0000), memory));
        assertThat(difference.identical()).isTrue();
    }

    @Test
    void aTableFullOfItselfIsCutOffAndSaysSo() {
        TableMemory memory = new TableMemory();
        for (int i = 0; i < 512; i++) {
            memory.with(0x1000 + 8L * i, 0x1000 | ATTRIBUTES | 3);
        }
        AddressSpaceMap map = AddressSpaceMap.of(el2(0x1000), memory, new AddressSpaceMap.Bounds(1000, 5000));
        assertThat(map.complete()).isFalse();
        assertThat(map.ranges()).hasSize(5000);
        assertThat(memory.reads()).isLessThan(1000 * 512);
    }

    @Test
    void garbageTablesNeverFailOrEscapeTheirBounds() {
        for (long seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            TableMemory memory = new TableMemory(0x2_0000);
            for (long pa = 0; pa < 0x2_0000; pa += 8) {
                long word = random.nextLong();
                memory.with(pa, random.nextInt(4) == 0 ? (word & 0xfff0_0000_0001_ffffL) | 3 : word);
            }
            AddressSpaceMap map = AddressSpaceMap.of(el2(0x1000), memory, new AddressSpaceMap.Bounds(300, 2000));
            assertThat(map.tables()).as("seed %d", seed).isLessThanOrEqualTo(300);
            assertThat(map.ranges().size()).as("seed %d", seed).isLessThanOrEqualTo(2000);
            assertThat(map.differenceTo(map).differences()).as("seed %d", seed).isEmpty();
        }
    }

    @Test
    void aRangeMayEndAtTheTopOfTheAddressSpace() {
        RegisterFile file = new RegisterFile(new Implementation(Architecture.AARCH64, 48, Set.of(), true));
        file.set(TCR_EL1, 16 | 25L << 16 | 2L << 30 | 5L << 32 | 1L << 7);
        file.set(TTBR1_EL1, 0x1000);
        TableMemory memory = new TableMemory().with(0x1000 + 8 * 511, 0x4000_0000L | ATTRIBUTES | 1);
        AddressSpaceMap map = AddressSpaceMap.of(file.configuration(Regime.EL1_0), memory);
        assertThat(map.ranges()).singleElement().satisfies(range -> {
            assertThat(range.start()).isEqualTo(-0x4000_0000L);
            assertThat(range.last()).isEqualTo(-1);
        });
        AddressSpaceMap none = AddressSpaceMap.of(file.configuration(Regime.EL1_0), new TableMemory());
        assertThat(map.differenceTo(none).of(MapDifference.Kind.REMOVED)).hasSize(1);
        assertThat(none.differenceTo(map).of(MapDifference.Kind.ADDED)).hasSize(1);
    }
}
