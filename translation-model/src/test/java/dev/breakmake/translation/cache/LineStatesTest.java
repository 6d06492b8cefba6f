package dev.breakmake.translation.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.ExceptionLevel;
import dev.breakmake.translation.event.HandOver;
import dev.breakmake.translation.event.HandOver.LineState;
import dev.breakmake.translation.event.NamedRegion;
import dev.breakmake.translation.event.TraceHeader;
import dev.breakmake.translation.tlb.StateLimitException;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What memory and caches may disagree about; page P, 64-byte lines, the image at IMAGE. */
final class LineStatesTest {
    private static final long IMAGE = 0x4000_0000L;
    private static final long P = 0x5000_0000L;

    private static LineStates lines(LineState image, LineState other, int lineBytes) {
        return new LineStates(new TraceHeader(
                Architecture.AARCH64,
                1,
                new TreeMap<>(),
                Set.of(),
                0,
                lineBytes,
                40,
                List.of(),
                List.of(new NamedRegion("image", new AddressRange(IMAGE, IMAGE + 0x1000))),
                new HandOver(ExceptionLevel.EL2, true, image, other),
                "by hand",
                Set.of(),
                "one PE"));
    }

    private static LineStates lines() {
        return lines(LineState.CLEAN_STALE, LineState.UNKNOWN, 64);
    }

    @Test
    void handOverDistinguishesTheImageFromOtherMemory() {
        assertThat(lines().atHandOver(IMAGE)).isEqualTo(LineState.CLEAN_STALE);
        assertThat(lines().atHandOver(IMAGE + 0x1000)).isEqualTo(LineState.UNKNOWN);
    }

    @Test
    void aStoreThroughTheCachesIsDirtyUntilItsLineIsCleaned() {
        LineStates lines = lines();
        lines.write(P + 0x88, 8, true, 7, 1, 0x400, 0);
        assertThat(lines.mayBeDirty(P, 0x80)).isEqualTo(-1);
        assertThat(lines.mayBeDirty(P, 0x1000)).isEqualTo(P + 0x80);
        assertThat(lines.mayBeDirty(P + 0x90, 8)).isEqualTo(P + 0x90);
        assertThat(lines.dirtyAt(P)).isEqualTo(7);
        assertThat(lines.dirtyBy(P)).isEqualTo(1);
        assertThat(lines.dirtyWriter(P)).isEqualTo(0x400);
        lines.clean(P + 0x40, 0x40, 1000, 0);
        assertThat(lines.mayBeDirty(P, 0x1000)).isEqualTo(P + 0x80);
        lines.clean(P + 0xbf, 1, 1000, 0);
        assertThat(lines.mayBeDirty(P, 0x1000)).isEqualTo(-1);
    }

    @Test
    void aStoreThatCrossesPagesConcernsBoth() {
        LineStates lines = lines();
        lines.write(P + 0xffc, 8, true, 1, 0, 0, 0);
        assertThat(lines.mayBeDirty(P + 0x1000, 0x1000)).isEqualTo(P + 0x1000);
        assertThat(lines.mayBeDirty(P, 0x1000)).isEqualTo(P + 0xfc0);
        assertThat(lines.pages()).isEqualTo(2);
    }

    @Test
    void aStorePastTheCachesMayBeHiddenUntilItsLineIsInvalidated() {
        LineStates lines = lines();
        lines.write(P, 0x100, false, 9, 0, 0x500, 0);
        assertThat(lines.mayBeHidden(P + 0x40, 8)).isEqualTo(P + 0x40);
        assertThat(lines.uncachedAt(P)).isEqualTo(9);
        assertThat(lines.uncachedBy(P)).isZero();
        assertThat(lines.uncachedWriter(P)).isEqualTo(0x500);
        assertThat(lines.partlyInvalidated(P)).isFalse();
        lines.invalidate(P, 0x80, false, 1000, 0, 1000);
        assertThat(lines.partlyInvalidated(P)).isTrue();
        assertThat(lines.mayBeHidden(P, 0x1000)).isEqualTo(P + 0x80);
        lines.invalidate(P + 0x80, 0x80, true, 1000, 0, 1000);
        assertThat(lines.mayBeHidden(P, 0x1000)).isEqualTo(-1);
        lines.write(P, 8, false, 10, 0, 0x500, 0);
        assertThat(lines.mayBeHidden(P, 0x1000)).isEqualTo(P);
    }

    @Test
    void linesThatAreAbsentHideNothing() {
        LineStates lines = lines(LineState.UNKNOWN, LineState.ABSENT, 64);
        lines.write(P, 8, false, 1, 0, 0, 0);
        assertThat(lines.mayBeHidden(P, 0x1000)).isEqualTo(-1);
        lines.write(IMAGE, 8, false, 1, 0, 0, 0);
        assertThat(lines.mayBeHidden(IMAGE, 0x1000)).isEqualTo(IMAGE);
    }

    @Test
    void cleaningHidesNothingAndInvalidatingDropsWhatWasDirty() {
        LineStates lines = lines();
        lines.write(P, 8, false, 1, 0, 0, 0);
        lines.clean(P, 64, 1000, 0);
        assertThat(lines.mayBeHidden(P, 64)).isEqualTo(P);
        lines.write(P, 8, true, 2, 0, 0, 0);
        lines.invalidate(P, 8, false, 1000, 0, 1000);
        assertThat(lines.mayBeDirty(P, 64)).isEqualTo(-1);
        assertThat(lines.mayBeHidden(P, 64)).isEqualTo(-1);
    }

    @Test
    void longerLinesAreMaintainedAsAWhole() {
        LineStates lines = lines(LineState.UNKNOWN, LineState.UNKNOWN, 128);
        lines.write(P, 128, true, 1, 0, 0, 0);
        lines.clean(P + 100, 1, 1000, 0);
        assertThat(lines.mayBeDirty(P, 0x1000)).isEqualTo(-1);
    }

    /** Maintenance is completed at once, or never. */
    private static LineStates.Completion done(boolean yes) {
        return (pe, other) -> yes ? Long.MAX_VALUE : 0;
    }

    @Test
    void codeIsPendingUntilCleanedAndInvalidated() {
        LineStates lines = lines();
        assertThat(lines.codePending()).isFalse();
        lines.writeCode(P + 0x40, 4);
        assertThat(lines.codePending()).isTrue();
        assertThat(lines.pendingCode(P, 0x1000)).isEqualTo(P + 0x40);
        assertThat(lines.codeCleaned(P + 0x40)).isFalse();
        lines.instructionCachesInvalidated(false, 1, 0, done(true));
        assertThat(lines.pendingCode(P, 0x1000)).isEqualTo(P + 0x40);
        lines.cleanToUnification(P + 0x40, 4, 2, 1);
        assertThat(lines.codeCleaned(P + 0x44)).isTrue();
        assertThat(lines.codeCleaned(P + 0x80)).isFalse();
        lines.instructionCachesInvalidated(false, 3, 0, done(false));
        assertThat(lines.pendingCode(P, 0x1000)).isEqualTo(P + 0x40);
        assertThat(lines.invalidatedCode(P, 0x1000)).isEqualTo(-1);
        lines.instructionCachesInvalidated(false, 4, 1, done(true));
        assertThat(lines.pendingCode(P, 0x1000)).isEqualTo(-1);
        assertThat(lines.invalidatedCode(P, 0x1000)).isEqualTo(P + 0x40);
        assertThat(lines.codeInvalidatedAt(P)).isEqualTo(4);
        assertThat(lines.codeInvalidatedBy(P)).isEqualTo(1);
    }

    @Test
    void aStoreAfterTheCleanMustBeCleanedAgain() {
        LineStates lines = lines();
        lines.writeCode(P, 4);
        lines.cleanToUnification(P, 64, 1, 0);
        lines.writeCode(P, 4);
        lines.instructionCachesInvalidated(false, 2, 0, done(true));
        assertThat(lines.pendingCode(P, 64)).isEqualTo(P);
        lines.clean(P, 64, 3, 0);
        lines.instructionCachesInvalidated(false, 4, 0, done(true));
        assertThat(lines.pendingCode(P, 64)).isEqualTo(-1);
        lines.writeCode(P, 4);
        assertThat(lines.invalidatedCode(P, 64)).isEqualTo(-1);
        lines.invalidate(P, 64, true, 5, 0, 5);
        assertThat(lines.codeCleaned(P)).isTrue();
    }

    @Test
    void withIdcNoCleanIsNeeded() {
        LineStates lines = lines();
        lines.writeCode(P, 4);
        lines.instructionCachesInvalidated(true, 1, 0, done(false));
        assertThat(lines.pendingCode(P, 64)).isEqualTo(-1);
    }

    @Test
    void largeRangesAreSearchedByWhatIsKnown() {
        LineStates lines = lines();
        lines.write(P + 0x5000, 8, true, 1, 0, 0, 0);
        lines.write(P + 0x2040, 8, true, 1, 0, 0, 0);
        assertThat(lines.mayBeDirty(0, Long.MAX_VALUE)).isEqualTo(P + 0x2040);
        lines.clean(0, 1L << 55, 1000, 0);
        assertThat(lines.mayBeDirty(0, Long.MAX_VALUE)).isEqualTo(-1);
    }

    @Test
    void senselessRangesAreNothingOrRefused() {
        LineStates lines = lines();
        lines.write(-8, 8, true, 1, 0, 0, 0);
        lines.write(P, -1, true, 1, 0, 0, 0);
        lines.write(1L << 60, 8, true, 1, 0, 0, 0);
        assertThat(lines.pages()).isZero();
        assertThatThrownBy(() -> lines.write(P, 1L << 50, true, 1, 0, 0, 0))
                .isInstanceOf(StateLimitException.class)
                .hasMessageContaining("the trace is damaged or no boot");
    }

    @Test
    void aCleanIsTheCleanersUntilTheLineIsStoredToAgain() {
        LineStates lines = lines();
        assertThat(lines.storedBy(P)).isEqualTo(-1);
        lines.write(P, 0x80, true, 1, 2, 0, 0);
        assertThat(lines.storedBy(P)).isEqualTo(2);
        assertThat(lines.storedBy(P + 0x80)).isEqualTo(-1);
        assertThat(lines.cleanedBy(P)).isEqualTo(-1);
        lines.clean(P, 0x100, 5, 1);
        assertThat(lines.storedBy(P)).as("its clean may not be complete").isEqualTo(2);
        assertThat(lines.cleanedBy(P)).isEqualTo(1);
        assertThat(lines.cleanedBy(P + 0x40)).isEqualTo(1);
        assertThat(lines.cleanedBy(P + 0x80)).as("it was not dirty").isEqualTo(-1);
        assertThat(lines.cleanedAt(P)).isEqualTo(5);
        lines.clean(P + 0x80, 0x40, 9, 0);
        assertThat(lines.cleanedAt(P)).as("nothing dirty was cleaned").isEqualTo(5);
        lines.write(P, 8, true, 10, 0, 0, 0);
        assertThat(lines.cleanedBy(P)).isEqualTo(-1);
        assertThat(lines.cleanedBy(P + 0x40)).isEqualTo(1);
    }

    @Test
    void cleaningAndInvalidatingTogetherCleans() {
        LineStates lines = lines();
        lines.write(P, 8, true, 1, 0, 0, 0);
        lines.invalidate(P, 8, true, 4, 1, 4);
        assertThat(lines.cleanedBy(P)).isEqualTo(1);
        assertThat(lines.mayBeDirty(P, 64)).isEqualTo(-1);
        LineStates dropped = lines();
        dropped.write(P, 8, true, 1, 0, 0, 0);
        dropped.invalidate(P, 8, false, 4, 1, 4);
        assertThat(dropped.cleanedBy(P)).isEqualTo(-1);
    }

    @Test
    void anInvalidateBeforeTheBarrierLeavesTheLinesStoredToSuspect() {
        LineStates lines = lines();
        lines.write(P, 8, false, 1, 0, 0, 0);
        lines.write(P + 0x40, 8, false, 5, 0, 0, 2);
        lines.invalidate(P, 0x80, false, 6, 0, 2);
        assertThat(lines.mayBeHidden(P, 0x1000)).isEqualTo(P + 0x40);
        lines.invalidate(P, 0x80, false, 8, 0, 7);
        assertThat(lines.mayBeHidden(P, 0x1000)).isEqualTo(-1);
    }

    @Test
    void storesOfOneRunWithoutABarrierAreAllUnordered() {
        LineStates lines = lines();
        lines.write(P, 8, false, 1, 0, 0, 0);
        lines.write(P + 0x40, 8, false, 2, 0, 0, 0);
        lines.invalidate(P, 0x80, false, 3, 0, 0);
        assertThat(lines.mayBeHidden(P, 0x1000)).isEqualTo(P);
        assertThat(lines.mayBeHidden(P + 0x40, 0x40)).isEqualTo(P + 0x40);
    }

    @Test
    void storesOfAnotherPeAreOrderedByWhateverOrderedThem() {
        LineStates lines = lines();
        lines.write(P, 8, false, 1, 1, 0x600, 0);
        assertThat(lines.uncachedBy(P)).isEqualTo(1);
        lines.invalidate(P, 0x40, false, 3, 0, 0);
        assertThat(lines.mayBeHidden(P, 0x1000)).isEqualTo(-1);
    }

    @Test
    void aStoreAfterTheInvalidateTakesItsLineFromWhatWasInvalidated() {
        LineStates lines = lines();
        lines.write(P, 0x80, false, 1, 0, 0, 0);
        lines.invalidate(P, 0x80, false, 3, 0, 2);
        lines.write(P, 8, false, 4, 0, 0, 2);
        assertThat(lines.partlyInvalidated(P)).as("the second line still is").isTrue();
        lines.write(P + 0x40, 8, false, 5, 0, 0, 2);
        assertThat(lines.partlyInvalidated(P)).isFalse();
    }

    @Test
    void aRangeEndsBeforeThePageThatFollowsIt() {
        LineStates lines = lines();
        lines.write(P, 8, true, 1, 0, 0, 0);
        lines.write(P + 0x1000, 8, true, 1, 0, 0, 0);
        lines.clean(P, 0x1000, 2, 0);
        assertThat(lines.mayBeDirty(P, 0x1000)).isEqualTo(-1);
        assertThat(lines.mayBeDirty(0, P + 0x1000))
                .as("searched by what is known")
                .isEqualTo(-1);
        lines.clean(0, P + 0x1000, 2, 0);
        assertThat(lines.mayBeDirty(P, 0x2000)).isEqualTo(P + 0x1000);
        assertThat(lines.mayBeDirty(P + 0x1000, 0)).isEqualTo(-1);
    }

    @Test
    void aLongRunOfStoresIsTaken() {
        LineStates lines = lines();
        lines.write(P, 1L << 24, true, 1, 0, 0, 0);
        lines.writeCode(P, 1L << 24);
        assertThat(lines.pages()).isEqualTo(1 << 12);
        assertThat(lines.mayBeDirty(P + (1L << 24) - 1, 1)).isEqualTo(P + (1L << 24) - 1);
        assertThat(lines.mayBeDirty(P + (1L << 24), 0x1000)).isEqualTo(-1);
    }

    @Test
    void codeIsCleanedWhereCodeIs() {
        LineStates lines = lines();
        lines.writeCode(P + 0x40, 4);
        lines.cleanToUnification(P, 0x1000, 2, 1);
        assertThat(lines.codeCleaned(P + 0x40)).isTrue();
        assertThat(lines.codeCleaned(P)).isFalse();
        lines.cleanToUnification(P + 0x80, 0x40, 9, 1);
        lines.instructionCachesInvalidated(false, 10, 0, (pe, other) -> 5);
        assertThat(lines.pendingCode(P, 0x1000))
                .as("the barrier at 5 completed the clean at 2; that at 9 was of other lines")
                .isEqualTo(-1);
        assertThat(lines.codeCleaned(P + 0x40))
                .as("it counts for the next store no more")
                .isFalse();
    }

    @Test
    void mailboxesAreRegionsOfEightBytes() {
        NamedRegion mailbox = Mailboxes.region("init_ttbr", P);
        assertThat(mailbox.physical()).isEqualTo(new AddressRange(P, P + 8));
        assertThat(Mailboxes.is(mailbox)).isTrue();
        assertThat(Mailboxes.is(new NamedRegion("image", mailbox.physical()))).isFalse();
    }
}
