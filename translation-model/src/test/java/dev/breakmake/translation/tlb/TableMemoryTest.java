package dev.breakmake.translation.tlb;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Table memory as stores build it, and what is remembered of each store. */
final class TableMemoryTest {
    private static final long P = 0x4000_0000L;

    private static List<Long> visited(TableMemory memory, long pa, long length) {
        List<Long> frames = new ArrayList<>();
        memory.visit(pa, length, frame -> frames.add(frame.address()));
        frames.sort(null);
        return frames;
    }

    @Test
    void wordsNeverStoredAreZeroAndMakeNoFrame() {
        TableMemory memory = new TableMemory();
        assertThat(memory.word(P)).isZero();
        assertThat(memory.find(P)).isNull();
        assertThat(memory.frames()).isZero();
        memory.frame(P + 0x123).store(1, 7, 5, 0, 0);
        assertThat(memory.word(P + 8)).isEqualTo(7);
        assertThat(memory.word(P + 0x1008)).isZero();
        assertThat(memory.frame(P).address()).isEqualTo(P);
        assertThat(memory.frames()).isEqualTo(1);
    }

    @Test
    void aRangeMeetsTheFramesItTouches() {
        TableMemory memory = new TableMemory();
        for (int i = 0; i < 4; i++) {
            memory.frame(P + 0x1000L * i);
        }
        assertThat(visited(memory, P + 0xfff, 2)).containsExactly(P, P + 0x1000);
        assertThat(visited(memory, P + 0x1000, 0x1000)).containsExactly(P + 0x1000);
        assertThat(visited(memory, P + 0x1000, 0)).isEmpty();
        assertThat(visited(memory, P + 0x4000, 0x1000)).isEmpty();
        assertThat(visited(memory, 0, P + 0x1001))
                .as("a range larger than what is known")
                .containsExactly(P, P + 0x1000);
        assertThat(visited(memory, P + 0x3fff, 1L << 40)).containsExactly(P + 0x3000);
    }

    @Test
    void aStoreIsRememberedUntilItIsSettled() {
        Frame frame = new Frame(P);
        frame.store(70, 3, 9, 2, 0x500);
        assertThat(frame.storedAt(70)).isEqualTo(9);
        assertThat(frame.storedBy(70)).isEqualTo(2);
        assertThat(frame.writer(70)).isEqualTo(0x500);
        assertThat(frame.storedAt(71)).isZero();
        assertThat(frame.writer(5)).isZero();
        assertThat(frame.lastStoredAt()).isEqualTo(9);
        frame.amend(70, 5);
        assertThat(frame.word(70)).isEqualTo(5);
        assertThat(frame.storedAt(70))
                .as("its order is that of the store before")
                .isEqualTo(9);
        frame.settle(70);
        frame.settle(400);
        assertThat(frame.storedAt(70)).isZero();
        assertThat(frame.lastStoredAt()).isEqualTo(9);
    }

    @Test
    void filledWordsAreFoundInOrderAndForgottenWhenCleared() {
        Frame frame = new Frame(P);
        for (int word : new int[] {0, 63, 64, 200, 511}) {
            frame.store(word, word + 1, 1, 0, 0);
        }
        List<Integer> found = new ArrayList<>();
        for (int w = frame.nextFilled(0, Frame.WORDS); w < Frame.WORDS; w = frame.nextFilled(w + 1, Frame.WORDS)) {
            found.add(w);
        }
        assertThat(found).containsExactly(0, 63, 64, 200, 511);
        assertThat(frame.nextFilled(65, 128)).as("none before the end").isEqualTo(128);
        assertThat(frame.nextFilled(65, 200)).isEqualTo(200);
        frame.store(64, 0, 2, 0, 0);
        assertThat(frame.nextFilled(64, Frame.WORDS)).isEqualTo(200);
        frame.amend(200, 0);
        assertThat(frame.nextFilled(64, Frame.WORDS)).isEqualTo(511);
    }

    @Test
    void aContiguousBitIsSeenHoweverItCame() {
        Frame stored = new Frame(P);
        assertThat(stored.contiguousSeen()).isFalse();
        stored.store(0, 1L << 52 | 3, 1, 0, 0);
        assertThat(stored.contiguousSeen()).isTrue();
        Frame amended = new Frame(P);
        amended.amend(0, 3);
        assertThat(amended.contiguousSeen()).isFalse();
        amended.amend(0, 1L << 52 | 3);
        assertThat(amended.contiguousSeen()).isTrue();
    }

    @Test
    void timesOfBarriersAreKeptByWhatTheyComplete() {
        PeTimeline timeline = new PeTimeline();
        timeline.barrier(3, false, false);
        assertThat(timeline.storeBarrier()).isEqualTo(3);
        assertThat(timeline.fullBarrier()).isEqualTo(3);
        assertThat(timeline.storeBarrierShared()).isZero();
        assertThat(timeline.fullBarrierShared()).isZero();
        timeline.barrier(4, true, true);
        assertThat(timeline.storeBarrierShared()).isEqualTo(4);
        assertThat(timeline.fullBarrier()).isEqualTo(3);
        assertThat(timeline.fullBarrierShared()).isZero();
        timeline.order(5);
        assertThat(timeline.orderedAt()).isEqualTo(5);
        assertThat(timeline.storeBarrier()).isEqualTo(4);
        timeline.synchronize(6);
        assertThat(timeline.synchronizedAt()).isEqualTo(6);
        assertThat(timeline.barrierBeforeSync()).isEqualTo(4);
        assertThat(timeline.fullBarrierBeforeSync()).isEqualTo(3);
        timeline.barrier(7, true, false);
        assertThat(timeline.fullBarrierShared()).isEqualTo(7);
        assertThat(timeline.barrierBeforeSync()).isEqualTo(4);
        timeline.reset(8);
        assertThat(timeline.storeBarrier()).isEqualTo(8);
        assertThat(timeline.storeBarrierShared()).isEqualTo(8);
        assertThat(timeline.fullBarrier()).isEqualTo(8);
        assertThat(timeline.fullBarrierShared()).isEqualTo(8);
        assertThat(timeline.synchronizedAt()).isEqualTo(8);
        assertThat(timeline.barrierBeforeSync()).isEqualTo(8);
        assertThat(timeline.fullBarrierBeforeSync()).isEqualTo(8);
        assertThat(timeline.orderedAt()).isEqualTo(8);
    }
}
