package dev.breakmake.translation.tlb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.register.Regime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Stale versions: how they are counted, found by address, and forgotten. */
final class VersionStoreTest {
    private static final long ROOT = 0x4000_0000L;
    private static final long PE0 = 1;
    private static final long PE1 = 2;

    private final MayHold state = new MayHold(2, Architecture.AARCH64, false);
    private final VersionStore versions = state.versions();
    private final Tree tree = TestTrees.tree(state, Regime.EL1_0, 1, 1, ROOT);
    private final TagSpace space = tree.space();

    private int add(Tree of, int level, long input, long descriptor, boolean table, long holders) {
        return versions.add(of, level, input, descriptor, ROOT + 0x1000, table, holders, 7, 1, 0x500);
    }

    private int page(long input) {
        return add(tree, 3, input, TestTrees.leaf(0x8000_0000L, 3), false, PE0);
    }

    private List<Integer> inSpace() {
        List<Integer> found = new ArrayList<>();
        for (int v = space.firstVersion(); v >= 0; v = versions.nextInSpace(v)) {
            found.add(v);
        }
        return found;
    }

    @Test
    void aVersionRemembersWhatItWas() {
        long leaf = TestTrees.leaf(0x8000_0000L, 3) | TestTrees.NOT_GLOBAL;
        int v = add(tree, 3, 0x5000, leaf, false, PE0 | PE1);
        assertThat(versions.input(v)).isEqualTo(0x5000);
        assertThat(versions.level(v)).isEqualTo(3);
        assertThat(versions.descriptor(v)).isEqualTo(leaf);
        assertThat(versions.location(v)).isEqualTo(ROOT + 0x1000);
        assertThat(versions.bornAt(v)).isEqualTo(7);
        assertThat(versions.writer(v)).isEqualTo(1);
        assertThat(versions.bornPc(v)).isEqualTo(0x500);
        assertThat(versions.holders(v)).isEqualTo(PE0 | PE1);
        assertThat(versions.stage2Holders(v)).isEqualTo(PE0 | PE1);
        assertThat(versions.tree(v)).isSameAs(tree);
        assertThat(versions.isTable(v)).isFalse();
        assertThat(versions.group(v)).isNull();
    }

    @Test
    void onlyLeavesWithoutNotGlobalAreGlobal() {
        long leaf = TestTrees.leaf(0x8000_0000L, 3);
        assertThat(versions.asid(add(tree, 3, 0, leaf, false, PE0))).isEqualTo(-1);
        assertThat(versions.asid(add(tree, 3, 0, leaf | TestTrees.NOT_GLOBAL, false, PE0)))
                .isEqualTo(1);
        assertThat(versions.asid(add(tree, 2, 0, ROOT | 3, true, PE0))).isEqualTo(1);
        Tree hypervisor = TestTrees.tree(state, Regime.EL2, 0, 0, 0x4100_0000L);
        assertThat(versions.asid(add(hypervisor, 3, 0, leaf, false, PE0)))
                .as("one address space without ASIDs")
                .isZero();
    }

    @Test
    void aSpaceCountsItsVersionsByLevelAndContiguousLeaves() {
        int leaf = page(0x1000);
        int contiguous = add(tree, 2, 0x20_0000, TestTrees.leaf(0x8000_0000L, 2) | TestTrees.CONTIGUOUS, false, PE0);
        assertThat(space.staleContiguous()).isEqualTo(1);
        int table = add(tree, 2, 0, ROOT | 3 | TestTrees.CONTIGUOUS, true, PE0);
        assertThat(versions.size()).isEqualTo(3);
        assertThat(space.staleVersions()).isEqualTo(3);
        assertThat(space.staleVersions(3)).isEqualTo(1);
        assertThat(space.staleVersions(2)).isEqualTo(2);
        assertThat(space.staleContiguous())
                .as("bit 52 of a table descriptor is ignored")
                .isEqualTo(1);
        versions.release(table, PE0);
        versions.release(leaf, PE0);
        assertThat(space.staleContiguous()).isEqualTo(1);
        assertThat(space.staleVersions()).isEqualTo(1);
        assertThat(space.staleVersions(2)).isEqualTo(1);
        assertThat(space.staleVersions(3)).isZero();
        versions.release(contiguous, PE0);
        assertThat(space.staleContiguous()).isZero();
        assertThat(space.staleVersions()).isZero();
        assertThat(space.staleVersions(2)).isZero();
        assertThat(space.additions).isEqualTo(3);
        assertThat(versions.size()).isZero();
        assertThat(inSpace()).isEmpty();
    }

    @Test
    void aVersionGoesWithTheLastPeThatMayHoldIt() {
        int v = add(tree, 3, 0x1000, TestTrees.leaf(0x8000_0000L, 3), false, PE0 | PE1);
        int generation = versions.generation(v);
        assertThat(versions.release(v, PE0)).isFalse();
        assertThat(versions.holders(v)).isEqualTo(PE1);
        assertThat(versions.exists(v, generation)).isTrue();
        assertThat(versions.release(v, PE1)).isTrue();
        assertThat(versions.exists(v, generation)).isFalse();
        assertThatThrownBy(() -> versions.tree(v)).hasMessageContaining("is gone");
    }

    @Test
    void aNumberGivenAgainIsAnotherVersion() {
        int first = page(0x1000);
        int generation = versions.generation(first);
        versions.markReported(first);
        versions.markBelowTable(first);
        versions.group(first, tree.root());
        versions.release(first, PE0);
        int second = page(0x2000);
        assertThat(second).as("numbers are used again").isEqualTo(first);
        assertThat(versions.exists(second, generation)).isFalse();
        assertThat(versions.exists(second, versions.generation(second))).isTrue();
        assertThat(versions.reported(second)).isFalse();
        assertThat(versions.belowTable(second)).isFalse();
        assertThat(versions.group(second)).isNull();
        versions.markReported(second);
        versions.markBelowTable(second);
        assertThat(versions.reported(second)).isTrue();
        assertThat(versions.belowTable(second)).isTrue();
    }

    @Test
    void combinedEntriesOutliveTheStage2Entry() {
        Tree stage2 = TestTrees.tree(state, Regime.STAGE2, 1, 0, 0x4200_0000L);
        int v = add(stage2, 3, 0x1000, TestTrees.leaf(0x8000_0000L, 3), false, PE0 | PE1);
        versions.releaseStage2Part(v, PE0 | PE1);
        assertThat(versions.stage2Holders(v)).isZero();
        assertThat(versions.holders(v)).isEqualTo(PE0 | PE1);
        assertThat(versions.release(v, PE0)).isFalse();
        assertThat(versions.holders(v)).isEqualTo(PE1);
        assertThat(versions.release(v, PE1)).isTrue();
        int stage1 = page(0x1000);
        versions.releaseStage2Part(stage1, PE0);
        assertThat(versions.holders(stage1)).as("stage 1 has nothing combined").isZero();
    }

    @Test
    void versionsAreFoundByAddressHoweverManyThereAre() {
        int count = 300;
        List<Integer> newestFirst = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            newestFirst.addFirst(page(0x1000L * i));
        }
        Tree other = TestTrees.tree(state, Regime.EL1_0, 2, 1, 0x4300_0000L);
        int elsewhere = add(other, 3, 0x1000, TestTrees.leaf(0x9000_0000L, 3), false, PE0);
        assertThat(inSpace()).isEqualTo(newestFirst);
        for (int i = 0; i < count; i += 3) {
            int v = versions.find(space, 3, 0x1000L * i);
            newestFirst.removeIf(number -> number == v);
            versions.release(v, PE0);
        }
        assertThat(inSpace()).isEqualTo(newestFirst);
        assertThat(versions.size()).isEqualTo(newestFirst.size() + 1);
        for (int i = 0; i < count; i++) {
            int v = versions.find(space, 3, 0x1000L * i);
            assertThat(v >= 0).isEqualTo(i % 3 != 0);
            if (v >= 0) {
                assertThat(versions.input(v)).isEqualTo(0x1000L * i);
                assertThat(versions.findNext(v)).isEqualTo(-1);
            }
            assertThat(versions.find(space, 2, 0x1000L * i)).isEqualTo(-1);
        }
        assertThat(versions.find(other.space(), 3, 0x1000)).isEqualTo(elsewhere);
    }

    @Test
    void versionsOfOneAddressFollowOneAnotherNewestFirst() {
        int first = page(0x1000);
        int second = page(0x1000);
        int third = page(0x1000);
        assertThat(versions.find(space, 3, 0x1000)).isEqualTo(third);
        assertThat(versions.findNext(third)).isEqualTo(second);
        assertThat(versions.findNext(second)).isEqualTo(first);
        assertThat(versions.findNext(first)).isEqualTo(-1);
        versions.release(second, PE0);
        assertThat(versions.findNext(third)).isEqualTo(first);
        assertThat(inSpace()).containsExactly(third, first);
    }
}
