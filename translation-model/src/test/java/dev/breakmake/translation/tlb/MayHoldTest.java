package dev.breakmake.translation.tlb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.ExceptionLevel;
import dev.breakmake.translation.event.Shareability;
import dev.breakmake.translation.event.TlbInvalidate;
import dev.breakmake.translation.event.TlbOperation;
import dev.breakmake.translation.register.Regime;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who walks a tree, who may hold entries of it, and what becomes of a word that is replaced. */
final class MayHoldTest {
    private static final long A = 0x4000_0000L;
    private static final long B = 0x4010_0000L;
    private static final long PAGE5 = TestTrees.pages(A) + 40;
    private static final long OLD = TestTrees.leaf(0x8000_0000L, 3);

    private final MayHold state = new MayHold(2, Architecture.AARCH64, false);
    private final Tree a = TestTrees.tree(state, Regime.EL2, 0, 0, A);
    private final Tree b = TestTrees.tree(state, Regime.EL2, 0, 0, B);

    private void walk(int pe, @Nullable Tree tree, long time) {
        state.walk(pe, Regime.EL2, 0, tree, time, 0x700);
    }

    private void invalidate(int pe, TlbOperation operation, long operand, Shareability domain, long time) {
        state.invalidate(
                new TlbInvalidate(time, pe, time, 0x600, ExceptionLevel.EL2, operation, operand, domain, false),
                time,
                0,
                false,
                false);
    }

    /** Maps page 5, lets PEs 0 and 1 walk, breaks it again on PE 0 with a barrier: a version both may hold. */
    private int stale() {
        TestTrees.store(state, PAGE5, OLD, 2, 0);
        walk(0, a, 3);
        walk(1, a, 3);
        int v = TestTrees.store(state, PAGE5, 0, 4, 0);
        state.barrier(0, 5, true, false, false);
        return v;
    }

    @Test
    void whoWalksATreeHoldsItUntilItIsInvalidated() {
        assertThat(state.walk(1, Regime.EL2, 0, a, 3, 0)).isTrue();
        assertThat(state.walk(1, Regime.EL2, 0, a, 4, 0)).as("nothing changed").isFalse();
        assertThat(state.walked(1, Regime.EL2, 0)).isSameAs(a);
        assertThat(state.walked(0, Regime.EL2, 0)).isNull();
        assertThat(state.walked(1, Regime.EL1_0, 0)).isNull();
        assertThat(a.walkers()).isEqualTo(2);
        assertThat(a.holders()).isEqualTo(2);
        assertThat(a.everWalked()).isTrue();
        assertThat(b.everWalked()).isFalse();
    }

    @Test
    void theTreeLeftIsWalkedUntilTheNextSynchronisation() {
        walk(0, a, 3);
        walk(0, b, 4);
        assertThat(a.walkers()).isEqualTo(1);
        assertThat(a.leftAt()).isEqualTo(4);
        assertThat(a.leftBy()).isEqualTo(0x700);
        state.synchronize(0, 5);
        assertThat(a.walkers()).isZero();
        assertThat(a.holders()).as("what it held stays").isEqualTo(1);
        assertThat(a.idleSince).isEqualTo(5);
        state.synchronize(0, 9);
        assertThat(a.idleSince).as("it was left long ago").isEqualTo(5);
        assertThat(state.timeline(0).synchronizedAt()).isEqualTo(9);
    }

    @Test
    void aTreeLeftAndTakenAgainBeforeTheSynchronisationIsWalkedOn() {
        walk(0, a, 3);
        walk(0, b, 4);
        walk(0, a, 5);
        state.synchronize(0, 6);
        assertThat(a.walkers()).isEqualTo(1);
        assertThat(b.walkers()).isZero();
    }

    @Test
    void aRegimeTurnedOffLeavesItsTreeForNoOther() {
        walk(0, a, 3);
        walk(0, null, 4);
        assertThat(a.leftAt()).isZero();
        state.synchronize(0, 5);
        assertThat(a.walkers()).isZero();
    }

    @Test
    void aPeThatIsResetWalksNothingAndHasNothingPending() {
        walk(0, a, 3);
        walk(1, a, 3);
        walk(1, b, 4);
        state.reset(1, 7);
        assertThat(state.walked(1, Regime.EL2, 0)).isNull();
        assertThat(b.walkers()).isZero();
        assertThat(b.idleSince).isEqualTo(7);
        assertThat(b.holders()).isEqualTo(2);
        assertThat(state.timeline(1).fullBarrier()).isEqualTo(7);
        assertThat(state.timeline(0).fullBarrier()).isZero();
        walk(1, b, 8);
        state.synchronize(1, 9);
        assertThat(b.walkers()).isEqualTo(2);
        assertThat(a.walkers())
                .as("what was left before the reset is forgotten with it")
                .isEqualTo(3);
    }

    @Test
    void whatIsStoredAndReplacedWhileNobodyWalksWasNeverHeld() {
        walk(0, a, 3);
        walk(0, null, 4);
        state.synchronize(0, 5);
        TestTrees.store(state, PAGE5, OLD, 6, 0);
        assertThat(TestTrees.store(state, PAGE5, 0, 7, 0)).isEqualTo(-1);
        walk(0, a, 8);
        TestTrees.store(state, PAGE5, OLD, 9, 0);
        walk(0, null, 10);
        state.synchronize(0, 11);
        assertThat(TestTrees.store(state, PAGE5, 0, 12, 0)).isNotNegative();
    }

    @Test
    void anotherTreeOfTheSameIdentifiersLeadsOnFromWhatIsHeld() {
        Tree asid1 = TestTrees.tree(state, Regime.EL1_0, 1, 1, 0x4020_0000L);
        Tree same = TestTrees.tree(state, Regime.EL1_0, 1, 1, 0x4030_0000L);
        Tree asid2 = TestTrees.tree(state, Regime.EL1_0, 1, 2, 0x4040_0000L);
        Tree vmid2 = TestTrees.tree(state, Regime.EL1_0, 2, 1, 0x4050_0000L);
        state.walk(0, Regime.EL1_0, 0, asid1, 3, 0);
        assertThat(state.mayBeWalked(asid1)).isTrue();
        state.walk(0, Regime.EL1_0, 0, asid2, 4, 0);
        state.walk(1, Regime.EL1_0, 0, same, 4, 0);
        state.synchronize(0, 5);
        assertThat(state.mayBeWalked(asid1)).as("that PE holds nothing of it").isFalse();
        state.walk(0, Regime.EL1_0, 0, vmid2, 6, 0);
        state.synchronize(0, 7);
        assertThat(state.mayBeWalked(asid1)).isFalse();
        state.walk(0, Regime.EL1_0, 0, same, 8, 0);
        assertThat(state.mayBeWalked(asid1)).isTrue();
    }

    @Test
    void aWalkFromOutsideMakesThePeAHolderButNoWalker() {
        state.mayHold(1, a, 3);
        assertThat(a.holders()).isEqualTo(2);
        state.mayHold(0, a, 4);
        assertThat(a.holders()).isEqualTo(3);
        assertThat(a.walkers()).isZero();
        TestTrees.store(state, PAGE5, OLD, 5, 0);
        assertThat(TestTrees.store(state, PAGE5, 0, 6, 0))
                .as("stored since the walk")
                .isEqualTo(-1);
        TestTrees.store(state, PAGE5, OLD, 7, 0);
        state.mayHold(1, a, 8);
        assertThat(TestTrees.store(state, PAGE5, 0, 9, 0)).isNotNegative();
    }

    @Test
    void aTableDescriptorWrittenAgainKeepsItsTable() {
        walk(0, a, 3);
        TableSlice pages = TestTrees.slice(state, TestTrees.pages(A));
        assertThat(TestTrees.store(state, A, TestTrees.pages(A) | 3 | 1L << 60, 4, 0))
                .isEqualTo(-1);
        assertThat(state.versions().size()).isZero();
        assertThat(state.memory().frame(TestTrees.pages(A)).firstSlice()).isSameAs(pages);
        assertThat(pages.stale()).isFalse();
    }

    @Test
    void aTableUnlinkedIsWalkedThroughItsStaleDescriptor() {
        walk(0, a, 3);
        TableSlice pages = TestTrees.slice(state, TestTrees.pages(A));
        int v = TestTrees.store(state, A, 0, 4, 0);
        assertThat(state.versions().isTable(v)).isTrue();
        assertThat(state.versions().group(v)).isSameAs(pages);
        assertThat(pages.stale()).isTrue();
        assertThat(pages.version()).isEqualTo(v);
        assertThat(state.holders(pages)).isEqualTo(1);
        state.barrier(0, 5, true, false, false);
        invalidate(0, TlbOperation.ALLE2, 0, Shareability.ISH, 6);
        state.barrier(0, 7, true, false, false);
        assertThat(state.versions().size()).isZero();
        assertThat(state.memory().frame(TestTrees.pages(A)).firstSlice()).isNull();
    }

    @Test
    void aTableOfATreeNobodyHoldsGoesWithItsDescriptor() {
        assertThat(TestTrees.store(state, A, 0, 4, 0)).isEqualTo(-1);
        assertThat(state.versions().size()).isZero();
        assertThat(state.memory().frame(TestTrees.pages(A)).firstSlice()).isNull();
    }

    @Test
    void aTreeHoldsNothingOnlyIfItsRootIsEmptyAndNothingOfItIsStale() {
        walk(0, a, 3);
        assertThat(state.holdsNothing(a)).isFalse();
        TestTrees.store(state, A, 0, 4, 0);
        assertThat(state.holdsNothing(a)).as("its table is stale").isFalse();
        TestTrees.store(state, A + 8, 0x1000_0002L, 4, 0);
        state.barrier(0, 5, true, false, false);
        invalidate(0, TlbOperation.ALLE2, 0, Shareability.ISH, 6);
        state.barrier(0, 7, true, false, false);
        assertThat(state.holdsNothing(a)).as("a word that is not valid").isTrue();
        assertThat(state.holdsNothing(b)).isFalse();
        TestTrees.store(state, A + 24, TestTrees.leaf(0x8000_0000L, 2), 8, 0);
        assertThat(state.holdsNothing(a)).isFalse();
    }

    @Test
    void whatIsStaleOfOneTreeIsNotOfItsNeighbour() {
        walk(0, a, 3);
        walk(1, b, 3);
        TestTrees.store(state, B, 0, 4, 1);
        TestTrees.store(state, A, 0, 4, 0);
        state.barrier(0, 5, true, false, false);
        invalidate(0, TlbOperation.ALLE2, 0, Shareability.NSH, 6);
        state.barrier(0, 7, true, false, false);
        assertThat(state.holdsNothing(a)).isTrue();
        assertThat(state.holdsNothing(b)).isFalse();
    }

    @Test
    void aVersionConcernsTheTreesOfItsAsidThatItsHoldersWalk() {
        long root = 0x4020_0000L;
        Tree asid1 = TestTrees.tree(state, Regime.EL1_0, 1, 1, root);
        Tree asid2 = TestTrees.tree(state, Regime.EL1_0, 1, 2, 0x4030_0000L);
        Tree asid3 = TestTrees.tree(state, Regime.EL1_0, 1, 3, 0x4040_0000L);
        long page = TestTrees.pages(root);
        TestTrees.store(state, page, OLD | TestTrees.NOT_GLOBAL, 2, 0);
        TestTrees.store(state, page + 8, OLD, 2, 0);
        state.walk(0, Regime.EL1_0, 0, asid1, 3, 0);
        state.walk(1, Regime.EL1_0, 0, asid3, 3, 0);
        state.mayHold(0, asid2, 3);
        int own = TestTrees.store(state, page, 0, 4, 0);
        int global = TestTrees.store(state, page + 8, 0, 4, 0);
        assertThat(state.concerns(own, asid1)).isTrue();
        assertThat(state.concerns(own, asid2)).isFalse();
        assertThat(state.concerns(global, asid2)).isTrue();
        assertThat(state.concerns(global, asid3))
                .as("PE1 never walked the first tree")
                .isFalse();
    }

    @Test
    void anInvalidateByAddressSaysHowMuchItWillRemove() {
        int v = stale();
        assertThat(v).isNotNegative();
        invalidate(0, TlbOperation.VAE2, 6, Shareability.ISH, 6);
        assertThat(state.matched()).isZero();
        invalidate(0, TlbOperation.VAE2, 5, Shareability.ISH, 6);
        assertThat(state.matched()).isEqualTo(1);
        invalidate(0, TlbOperation.VAE2, 5, Shareability.ISH, 7);
        assertThat(state.matched()).as("the same again").isZero();
    }

    @Test
    void aLocalInvalidateBehindABroadcastOneIsCompletedByALocalBarrier() {
        int v = stale();
        invalidate(0, TlbOperation.VAE2, 5, Shareability.ISH, 6);
        invalidate(0, TlbOperation.VAE2, 5, Shareability.NSH, 7);
        state.barrier(0, 8, false, false, false);
        assertThat(state.versions().holders(v)).isEqualTo(2);
        state.barrier(0, 9, true, false, false);
        assertThat(state.versions().size()).isZero();
    }

    @Test
    void anInvalidateIsIncompleteOnThePeThatIssuedIt() {
        int v = stale();
        invalidate(0, TlbOperation.VAE2, 5, Shareability.ISH, 6);
        invalidate(1, TlbOperation.VAE2, 5, Shareability.ISH, 7);
        assertThat(state.missOf(0, v)).isEqualTo(Miss.INCOMPLETE);
        assertThat(state.missOf(1, v)).isEqualTo(Miss.INCOMPLETE);
        state.barrier(1, 8, false, false, false);
        assertThat(state.missOf(0, v)).as("a barrier too narrow").isEqualTo(Miss.INCOMPLETE);
    }

    @Test
    void aLocalInvalidateOfEitherPeLeavesTheOther() {
        int v = stale();
        invalidate(1, TlbOperation.VAE2, 5, Shareability.NSH, 6);
        state.barrier(1, 7, false, false, false);
        assertThat(state.versions().holders(v)).isEqualTo(1);
        assertThat(state.missOf(0, v)).isEqualTo(Miss.LOCAL);
        invalidate(1, TlbOperation.ALLE2, 0, Shareability.NSH, 8);
        state.barrier(1, 9, false, false, false);
        assertThat(state.missOf(0, v)).isEqualTo(Miss.LOCAL);
    }

    private void invalidateNxs(int pe, TlbOperation operation, long operand, boolean nxs, long time) {
        state.invalidate(
                new TlbInvalidate(time, pe, time, 0x600, ExceptionLevel.EL2, operation, operand, Shareability.ISH, nxs),
                time,
                1,
                false,
                false);
    }

    /** Non-global pages of ASIDs 1 and 2 of VMID 1, broken and ordered; both PEs may hold them. */
    private void twoAsids() {
        for (int asid = 1; asid <= 2; asid++) {
            long root = 0x4020_0000L + 0x10_0000L * asid;
            Tree tree = TestTrees.tree(state, Regime.EL1_0, 1, asid, root);
            TestTrees.store(state, TestTrees.pages(root), OLD | TestTrees.NOT_GLOBAL, 2, 0);
            state.walk(0, Regime.EL1_0, 0, tree, 3, 0);
            state.walk(1, Regime.EL1_0, 0, tree, 3, 0);
            TestTrees.store(state, TestTrees.pages(root), 0, 4, 0);
        }
        state.barrier(0, 5, true, false, false);
        assertThat(state.versions().size()).isEqualTo(2);
    }

    @Test
    void invalidatesOfTwoAsidsAreTwoInvalidates() {
        twoAsids();
        invalidateNxs(0, TlbOperation.ASIDE1, 1L << 48, false, 6);
        invalidateNxs(0, TlbOperation.ASIDE1, 2L << 48, false, 7);
        state.barrier(0, 8, true, false, false);
        assertThat(state.versions().size()).isZero();
    }

    @Test
    void theSameInvalidateOfAnotherPeIsCompletedByThatPe() {
        twoAsids();
        invalidateNxs(0, TlbOperation.ASIDE1, 1L << 48, false, 6);
        invalidateNxs(1, TlbOperation.ASIDE1, 1L << 48, false, 7);
        state.barrier(1, 8, true, false, false);
        assertThat(state.versions().size()).isEqualTo(1);
    }

    @Test
    void theNxsFormBehindThePlainOneIsCompletedByItsOwnBarrier() {
        twoAsids();
        invalidateNxs(0, TlbOperation.ASIDE1, 1L << 48, false, 6);
        invalidateNxs(0, TlbOperation.ASIDE1, 1L << 48, true, 7);
        state.barrier(0, 8, true, false, true);
        assertThat(state.versions().size()).isEqualTo(1);
    }

    @Test
    void theHoldOfATreeEndsWithAnInvalidateOfAllThatIsCompleted() {
        walk(0, a, 3);
        walk(1, a, 3);
        walk(0, null, 4);
        state.synchronize(0, 5);
        invalidate(1, TlbOperation.ALLE2, 0, Shareability.NSH, 6);
        state.barrier(1, 7, true, false, false);
        assertThat(a.holders()).as("local to PE1, which walks it").isEqualTo(3);
        invalidate(0, TlbOperation.VAE2, 5, Shareability.ISH, 8);
        state.barrier(0, 9, true, false, false);
        assertThat(a.holders()).as("by address").isEqualTo(3);
        invalidate(1, TlbOperation.ALLE2, 0, Shareability.ISH, 10);
        state.barrier(1, 11, false, false, false);
        assertThat(a.holders()).as("a barrier too narrow").isEqualTo(3);
        state.barrier(1, 12, true, false, true);
        assertThat(a.holders()).as("DSB nXS").isEqualTo(3);
        state.barrier(1, 13, true, false, false);
        assertThat(a.holders()).isEqualTo(2);
    }

    @Test
    void whoWalksATreeAgainBeforeTheInvalidateIsCompletedHoldsIt() {
        walk(0, a, 3);
        walk(0, null, 4);
        state.synchronize(0, 5);
        invalidate(0, TlbOperation.ALLE2, 0, Shareability.NSH, 6);
        walk(0, a, 7);
        state.barrier(0, 8, true, false, false);
        assertThat(a.holders()).isEqualTo(1);
        walk(0, null, 9);
        state.synchronize(0, 10);
        state.barrier(0, 11, true, false, false);
        assertThat(a.holders()).as("what was completed counts once").isEqualTo(1);
    }

    @Test
    void invalidatesByAddressOfABrokenTableLeaveWhatNoneOfThemNames() {
        for (int page = 0; page < 4; page++) {
            TestTrees.store(state, TestTrees.pages(A) + 8L * page, OLD + 0x1000L * page, 2, 0);
        }
        walk(0, a, 3);
        walk(1, a, 3);
        TestTrees.store(state, A, 0, 4, 0);
        state.barrier(0, 5, true, false, false);
        invalidate(0, TlbOperation.VAE2, 0, Shareability.NSH, 6);
        invalidate(0, TlbOperation.VAE2, 1, Shareability.ISH, 7);
        state.barrier(0, 8, true, false, false);
        VersionStore versions = state.versions();
        long[] holders = new long[4];
        for (int v = a.space().firstVersion(); v >= 0; v = versions.nextInSpace(v)) {
            assertThat(versions.isTable(v)).isFalse();
            assertThat(versions.belowTable(v)).isTrue();
            assertThat(versions.bornAt(v)).isEqualTo(4);
            holders[(int) (versions.input(v) >>> 12)] = versions.holders(v);
        }
        assertThat(holders).containsExactly(2, 0, 3, 3);
    }

    @Test
    void aSecondInvalidateOfAllTakesWhatABarrierOrderedBetweenTheTwo() {
        TestTrees.store(state, PAGE5, OLD, 2, 0);
        walk(0, a, 3);
        walk(1, a, 3);
        TestTrees.store(state, PAGE5, 0, 4, 0);
        invalidate(0, TlbOperation.ALLE2, 0, Shareability.ISH, 5);
        state.barrier(0, 6, true, true, false);
        assertThat(state.versions().size())
                .as("stores only: nothing is completed")
                .isEqualTo(1);
        invalidate(0, TlbOperation.ALLE2, 0, Shareability.ISH, 7);
        state.barrier(0, 8, true, false, false);
        assertThat(state.versions().size()).isZero();
    }

    @Test
    void invalidatesOfAllOfEveryKindMayFollowOneAnother() {
        Tree guest = TestTrees.tree(state, Regime.EL1_0, 0, 1, 0x4020_0000L);
        long guestPage = TestTrees.pages(0x4020_0000L);
        for (int pe = 0; pe < 2; pe++) {
            walk(pe, a, 3);
            state.walk(pe, Regime.EL1_0, 0, guest, 3, 0);
        }
        long time = 10;
        for (int round = 0; round < 3; round++) {
            for (int kind = 0; kind < 6; kind++) {
                boolean el2 = kind % 2 == 0;
                int pe = kind / 2 % 2;
                Shareability domain = kind < 4 ? Shareability.NSH : Shareability.ISH;
                long page = el2 ? PAGE5 : guestPage;
                TestTrees.store(state, page, OLD, time++, 0);
                int v = TestTrees.store(state, page, 0, time++, 0);
                state.barrier(0, time++, true, false, false);
                invalidate(pe, el2 ? TlbOperation.VMALLE1 : TlbOperation.ALLE2, 0, domain, time++);
                state.barrier(pe, time++, true, false, false);
                assertThat(state.versions().holders(v)).as("another regime").isEqualTo(3);
                invalidate(pe, el2 ? TlbOperation.ALLE2 : TlbOperation.VMALLE1, 0, domain, time++);
                state.barrier(pe, time++, true, false, false);
                if (domain == Shareability.NSH) {
                    assertThat(state.versions().holders(v)).isEqualTo(2 >> pe);
                    invalidate(1 - pe, el2 ? TlbOperation.ALLE2 : TlbOperation.VMALLE1, 0, domain, time++);
                    state.barrier(1 - pe, time++, true, false, false);
                }
                assertThat(state.versions().size()).isZero();
            }
        }
    }
}
