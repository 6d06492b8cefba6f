package dev.breakmake.translation.rule;

import static dev.breakmake.translation.event.Shareability.ISH;
import static dev.breakmake.translation.rule.World.L0;
import static dev.breakmake.translation.rule.World.L3;
import static dev.breakmake.translation.rule.World.SPARE;
import static dev.breakmake.translation.rule.World.l2;
import static dev.breakmake.translation.rule.World.l3;
import static dev.breakmake.translation.rule.World.table;
import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.translation.event.TranslationRegister;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * What REG-TTBR says becomes of the old tree's translations: a copy of the tables, changed in one place, takes over with the MMU on. The
 * old tree has 16 pages, 7 blocks of 2 MiB and the code's block.
 */
final class TreeDifferenceTest {
    private static final World W = World.EL2;
    private static final long COPY = 0x8_0000L;
    /** The block at 2 MiB and the 512 pages that are the same. */
    private static final long BLOCK = 0x6020_0000L;

    private static final int PAGES = 512;

    private static Map<String, String> counts(Consumer<Scenario> change) {
        Scenario s = Scenario.el2().setup(x -> {
            RuleExamples.copyTables(x, W);
            change.accept(x);
            x.dsb(ISH);
        });
        return s.msr(TranslationRegister.TTBR0_EL2, L0 + COPY)
                .isb()
                .tlbi(W.all(), ISH)
                .dsb(ISH)
                .isb()
                .expect(RuleId.REG_TTBR)
                .getFirst()
                .evidence();
    }

    private static void expect(
            Map<String, String> counts, int identical, int permission, int removed, int conflicting) {
        assertThat(counts)
                .containsEntry("identical", Integer.toString(identical))
                .containsEntry("permissionOnly", Integer.toString(permission))
                .containsEntry("removed", Integer.toString(removed))
                .containsEntry("conflicting", Integer.toString(conflicting));
    }

    /** The copy maps the block at 2 MiB by pages. */
    private static void split(Scenario s) {
        for (int i = 0; i < PAGES; i++) {
            s.write(SPARE + 8L * i, W.page(BLOCK + 0x1000L * i));
        }
        s.write(l2(1) + COPY, table(SPARE));
    }

    @Clause("2.sizes")
    @Test
    void aBlockAndPagesThatTranslateAllOfItAlikeAreIdentical() {
        Map<String, String> counts = counts(TreeDifferenceTest::split);
        expect(counts, 24, 0, 0, 0);
        assertThat(counts)
                .containsEntry("sizesDiffer", "1")
                .containsEntry("conflictingRanges", "")
                .containsEntry("overlappingRanges", "[0x0, 0x10000) [0x200000, 0x1000000) [0x40200000, 0x40400000)");
        Map<String, String> same = counts(s -> {});
        expect(same, 24, 0, 0, 0);
        assertThat(same).containsEntry("sizesDiffer", "0");
    }

    @Clause("2.sizes")
    @Test
    void aBlockOfWhichOnePageIsMissingOrLiesElsewhereConflicts() {
        for (int page : new int[] {0, 1, 300, PAGES - 1}) {
            Map<String, String> missing = counts(s -> {
                split(s);
                s.write(SPARE + 8L * page, 0);
            });
            expect(missing, 23, 0, 0, 1);
            assertThat(missing).containsEntry("conflictingRanges", "[0x200000, 0x400000)");
            expect(
                    counts(s -> {
                        split(s);
                        s.write(SPARE + 8L * page, W.page(0x7000_0000L));
                    }),
                    23,
                    0,
                    0,
                    1);
        }
    }

    @Clause("2.sizes")
    @Test
    void aBlockInPlaceOfPagesIsIdenticalToThoseItTranslatesAlike() {
        Map<String, String> counts = counts(s -> s.write(l2(0) + COPY, W.block(0x5000_0000L)));
        expect(counts, 24, 0, 0, 0);
        assertThat(counts).containsEntry("sizesDiffer", "16");
        expect(counts(s -> s.write(l2(0) + COPY, W.block(0x5020_0000L))), 8, 0, 0, 16);
    }

    @Clause("2.sizes")
    @Test
    void whatTheNewTreeDoesNotTranslateAtAllIsRemoved() {
        expect(counts(s -> s.write(l2(1) + COPY, 0)), 23, 0, 1, 0);
        expect(counts(s -> s.write(l2(1) + COPY, table(SPARE))), 23, 0, 1, 0);
        expect(counts(s -> s.write(l2(0) + COPY, 0)), 8, 0, 16, 0);
        expect(counts(s -> s.write(l3(15) + COPY, 0)), 23, 0, 1, 0);
    }

    @Clause("2.sizes")
    @Test
    void permissionsOfABlockOrAPageAloneAreCountedApart() {
        expect(counts(s -> s.write(l2(3) + COPY, W.readOnly(W.block(0x6060_0000L)))), 23, 1, 0, 0);
        expect(
                counts(s -> s.write(l3(2) + COPY, W.readOnly(W.page(0x5000_2000L)))
                        .write(l3(3) + COPY, W.device(W.page(0x5000_3000L)))),
                22,
                1,
                0,
                1);
    }

    @Clause("2.sizes")
    @Test
    void conflictsBesideOneAnotherAreOneRangeAndAtMost32AreListed() {
        Map<String, String> counts = counts(s -> s.write(l3(2) + COPY, W.page(0x7000_0000L))
                .write(l3(3) + COPY, W.page(0x7000_1000L))
                .write(l3(5) + COPY, W.page(0x7000_2000L)));
        assertThat(counts).containsEntry("conflictingRanges", "[0x2000, 0x4000) [0x5000, 0x6000)");
        Scenario many = Scenario.el2().setup(s -> {
            for (int i = 100; i < 200; i += 2) {
                s.write(L3 + 8L * i, W.page(0x5100_0000L + 0x1000L * i));
            }
            RuleExamples.copyTables(s, W);
            for (int i = 100; i < 200; i += 2) {
                s.write(L3 + COPY + 8L * i, W.page(0x5200_0000L + 0x1000L * i));
            }
            s.dsb(ISH).isb();
        });
        Map<String, String> listed = many.msr(TranslationRegister.TTBR0_EL2, L0 + COPY)
                .isb()
                .tlbi(W.all(), ISH)
                .dsb(ISH)
                .expect(RuleId.REG_TTBR)
                .getFirst()
                .evidence();
        assertThat(listed).containsEntry("conflicting", "50");
        assertThat(listed.getOrDefault("conflictingRanges", "").split(" \\[", -1))
                .hasSize(32);
    }
}
