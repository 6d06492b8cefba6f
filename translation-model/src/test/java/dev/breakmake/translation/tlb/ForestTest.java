package dev.breakmake.translation.tlb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.TranslationRegister;
import dev.breakmake.translation.register.Implementation;
import dev.breakmake.translation.register.Regime;
import dev.breakmake.translation.register.RegimeConfiguration;
import dev.breakmake.translation.register.RegisterFile;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Trees as table memory links them, and where stage 2 puts the tables of a guest. */
final class ForestTest {
    private static final long ROOT = 0x4000_0000L;
    /** Stage 2 of the guest: IPA 0x20_0000 to 0x40_0000 is this block. */
    private static final long HOST = 0x4200_0000L;

    private static final long BLOCK_IPA = 0x20_0000L;
    private static final long BLOCK_PA = 0x6020_0000L;

    private final MayHold state = new MayHold(2, Architecture.AARCH64, false);
    private final Forest forest = state.forest();

    private TableSlice slice(long address) {
        return TestTrees.slice(state, address);
    }

    private boolean isTable(long address) {
        return state.memory().frame(address).firstSlice() != null;
    }

    private void word(long address, long value) {
        state.memory().frame(address).store((int) (address >>> 3) & 511, value, 1, 0, 0);
    }

    @Test
    void theSameRootUnderTheSameTagIsTheSameTree() {
        Tree tree = TestTrees.tree(state, Regime.EL1_0, 1, 1, ROOT);
        assertThat(TestTrees.again(state, Regime.EL1_0, 1, 1, ROOT)).isSameAs(tree);
        assertThat(TestTrees.again(state, Regime.EL1_0, 1, 2, ROOT)).isNotSameAs(tree);
        assertThat(TestTrees.again(state, Regime.EL1_0, 2, 1, ROOT)).isNotSameAs(tree);
        assertThat(TestTrees.again(state, Regime.EL2, 0, 0, ROOT)).isNotSameAs(tree);
        assertThat(forest.trees()).hasSize(4);
        assertThat(forest.spaces()).hasSize(3);
        assertThat(forest.slices()).as("two tables for each").isEqualTo(8);
    }

    @Test
    void aFewTreesNobodyHoldsAreKeptTheLatestUsedOnes() {
        Tree held = TestTrees.tree(state, Regime.EL2, 0, 0, ROOT);
        state.walk(0, Regime.EL2, 0, held, 2, 0);
        long first = ROOT + 0x10_0000L;
        Tree used = TestTrees.tree(state, Regime.EL2, 0, 0, first);
        for (int i = 2; i < 40; i++) {
            TestTrees.tree(state, Regime.EL2, 0, 0, ROOT + 0x10_0000L * i);
            assertThat(TestTrees.again(state, Regime.EL2, 0, 0, first)).isSameAs(used);
        }
        assertThat(forest.trees()).contains(held, used).hasSize(10);
        assertThat(forest.slices()).isEqualTo(20);
        assertThat(isTable(ROOT + 0x20_0000L)).as("the oldest was forgotten").isFalse();
        assertThat(isTable(TestTrees.pages(ROOT + 0x20_0000L))).isFalse();
        assertThat(isTable(ROOT + 0x10_0000L * 39)).isTrue();
    }

    @Test
    void aTableOf64KibLiesInSixteenFrames() {
        RegisterFile file = new RegisterFile(new Implementation(Architecture.AARCH64, 40, Set.of(), true));
        file.set(TranslationRegister.MAIR_EL2, 0xff);
        file.set(TranslationRegister.TCR_EL2, 0x8082_7500L | 32);
        file.set(TranslationRegister.TTBR0_EL2, ROOT);
        file.set(TranslationRegister.SCTLR_EL2, 5);
        RegimeConfiguration configuration = file.configuration(Regime.EL2);
        long pages = ROOT + 0x1_0000L;
        word(ROOT + 16, pages | 3);
        Tree tree = state.tree(configuration, configuration.roots().getFirst());
        assertThat(tree.geometry().startLevel()).isEqualTo(2);
        assertThat(forest.slices()).isEqualTo(17);
        TableSlice at = slice(pages);
        for (int i = 0; i < 16; i++) {
            assertThat(at.frame().address()).isEqualTo(pages + 0x1000L * i);
            assertThat(at.firstWord()).isZero();
            assertThat(at.endWord()).isEqualTo(512);
            assertThat(at.level()).isEqualTo(3);
            assertThat(at.input(3)).isEqualTo((2L << 29) + (512L * i + 3 << 16));
            at = i < 15 ? Objects.requireNonNull(at.nextInGroup()) : at;
        }
        assertThat(at.nextInGroup()).isNull();
        assertThat(slice(ROOT).endWord()).as("three bits of input").isEqualTo(8);
        forest.destroy(slice(pages));
        assertThat(forest.slices()).isEqualTo(1);
        assertThat(isTable(pages + 0xf000)).isFalse();
    }

    @Test
    void aTableLinkedLaterIsFollowedOnce() {
        Tree tree = TestTrees.tree(state, Regime.EL2, 0, 0, ROOT);
        state.walk(0, Regime.EL2, 0, tree, 2, 0);
        TestTrees.store(state, ROOT + 24, 0x4100_0003L, 3, 0);
        TableSlice linked = slice(0x4100_0000L);
        assertThat(linked.parent()).isSameAs(tree.root());
        assertThat(linked.parentWord()).isEqualTo(3);
        assertThat(linked.input(1)).isEqualTo(3 * 0x20_0000L + 0x1000);
        assertThat(linked.nextOnFrame()).isNull();
        TestTrees.store(state, ROOT + 24, 0x4100_0003L | 1L << 60, 4, 0);
        assertThat(slice(0x4100_0000L)).isSameAs(linked);
        assertThat(linked.nextOnFrame()).isNull();
        TestTrees.store(state, ROOT + 32, 0x4100_0003L, 5, 0);
        assertThat(slice(0x4100_0000L).nextOnFrame()).as("two ways in").isSameAs(linked);
        assertThat(slice(0x4100_0000L).input(0)).isEqualTo(4 * 0x20_0000L);
    }

    @Test
    void twoNarrowRootsInOnePageAreTwoTables() {
        Tree first = TestTrees.tree(state, Regime.EL2, 0, 0, ROOT);
        word(ROOT + 0x80, 0x4200_0000L | 3);
        Tree second = TestTrees.again(state, Regime.EL2, 0, 0, ROOT + 0x80);
        TableSlice of = Objects.requireNonNull(second.root());
        assertThat(of.firstWord()).isEqualTo(16);
        assertThat(of.endWord()).isEqualTo(32);
        assertThat(of.holds(15)).isFalse();
        assertThat(of.holds(16)).isTrue();
        assertThat(of.holds(31)).isTrue();
        assertThat(of.holds(32)).isFalse();
        assertThat(of.input(16)).isZero();
        state.walk(0, Regime.EL2, 0, first, 2, 0);
        state.walk(1, Regime.EL2, 0, second, 2, 0);
        int v = TestTrees.store(state, ROOT + 0x80, 0, 3, 0);
        assertThat(state.versions().size()).isEqualTo(1);
        assertThat(state.versions().tree(v)).isSameAs(second);
    }

    private Tree host() {
        word(HOST + 8, TestTrees.leaf(BLOCK_PA, 2));
        Tree tree = TestTrees.tree(state, Regime.STAGE2, 1, 0, HOST);
        state.walk(0, Regime.STAGE2, 0, tree, 2, 0);
        return tree;
    }

    /** A guest whose root lies at an IPA and links a table of pages one page further. */
    private Tree guest(Tree stage2, long ipa, long pa) {
        word(pa, ipa + 0x1000 | 3);
        RegimeConfiguration configuration = TestTrees.configuration(Regime.EL1_0, 1, 1, ipa);
        Tree tree = state.tree(configuration, configuration.roots().getFirst(), stage2);
        state.walk(0, Regime.EL1_0, 0, tree, 2, 0);
        return tree;
    }

    @Test
    void stage2SaysWhereAnAddressOfAGuestLies() {
        Tree stage2 = host();
        word(TestTrees.pages(HOST) + 40, TestTrees.leaf(0x5000_0000L, 3));
        Tree guest = guest(stage2, BLOCK_IPA, BLOCK_PA);
        assertThat(forest.physical(guest, BLOCK_IPA + 0x1_2345)).isEqualTo(BLOCK_PA + 0x1_2345);
        assertThat(forest.physical(guest, 0x5678)).isEqualTo(0x5000_0678L);
        assertThat(forest.physical(guest, 0x6000)).as("no entry").isEqualTo(Forest.NOWHERE);
        assertThat(forest.physical(guest, 0x40_0000)).isEqualTo(Forest.NOWHERE);
        assertThat(forest.physical(guest, 1L << 25)).as("beyond the root").isEqualTo(Forest.NOWHERE);
        assertThat(forest.physical(stage2, 0x1234))
                .as("tables of stage 2 are physical")
                .isEqualTo(0x1234);
    }

    @Test
    void aGuestsTablesAreReadWhereStage2PutsThem() {
        guest(host(), BLOCK_IPA, BLOCK_PA);
        assertThat(slice(BLOCK_PA).level()).isEqualTo(2);
        assertThat(slice(BLOCK_PA + 0x1000).level()).isEqualTo(3);
        assertThat(isTable(BLOCK_IPA)).isFalse();
        assertThat(forest.slices()).isEqualTo(4);
    }

    @Test
    void aGuestIsReadAgainWhenStage2MovesOneOfItsTables() {
        Tree stage2 = host();
        Tree guest = guest(stage2, BLOCK_IPA, BLOCK_PA);
        word(0x7020_0000L, 0);
        word(HOST + 8, TestTrees.leaf(0x7020_0000L, 2));
        assertThat(forest.translated(slice(HOST), 1)).containsExactly(guest);
        assertThat(isTable(BLOCK_PA)).isFalse();
        assertThat(isTable(0x7020_0000L)).isTrue();
        assertThat(isTable(0x7020_1000L)).as("the root is empty there").isFalse();
        assertThat(forest.slices()).isEqualTo(3);
        assertThat(guest.tablePages()).containsExactly(BLOCK_IPA);
        word(HOST + 8, 0);
        assertThat(forest.translated(slice(HOST), 1)).containsExactly(guest);
        assertThat(guest.root()).isNull();
        assertThat(forest.slices()).isEqualTo(2);
        word(HOST + 8, TestTrees.leaf(BLOCK_PA, 2));
        assertThat(forest.translated(slice(HOST), 1)).containsExactly(guest);
        assertThat(guest.root()).isSameAs(slice(BLOCK_PA));
    }

    @Test
    void stage2EntriesBesideItsTablesDoNotConcernAGuest() {
        Tree stage2 = host();
        guest(stage2, BLOCK_IPA, BLOCK_PA);
        assertThat(forest.translated(slice(HOST), 0))
                .as("ends where its root begins")
                .isEmpty();
        assertThat(forest.translated(slice(HOST), 2)).isEmpty();
        assertThat(forest.translated(slice(BLOCK_PA), 0))
                .as("a guest's own table")
                .isEmpty();
        Tree other = TestTrees.tree(state, Regime.STAGE2, 2, 0, 0x4300_0000L);
        assertThat(forest.translated(slice(other.base()), 1))
                .as("another guest's stage 2")
                .isEmpty();
    }

    @Test
    void aTableTheGuestLinksTwiceIsFoundBelowEachOfItsEntries() {
        Tree stage2 = host();
        word(BLOCK_PA + 8, BLOCK_IPA + 0x1000 | 3);
        Tree guest = guest(stage2, BLOCK_IPA, BLOCK_PA);
        TableSlice root = slice(BLOCK_PA);
        assertThat(guest.root()).isSameAs(root);
        TableSlice first =
                Objects.requireNonNull(forest.child(root, 0, root.frame().word(0)));
        TableSlice second =
                Objects.requireNonNull(forest.child(root, 1, root.frame().word(1)));
        assertThat(first).isNotSameAs(second);
        assertThat(second.input(0)).isEqualTo(0x20_0000);
        assertThat(forest.child(root, 2, 0)).isNull();
        forest.destroy(first);
        assertThat(forest.child(root, 0, root.frame().word(0))).isNull();
        assertThat(forest.child(root, 1, root.frame().word(1))).isSameAs(second);
    }
}
