package dev.breakmake.translation.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.translation.event.TranslationEvent;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TraceDigestTest {

    /** More than a chunk, with texts that lie across the end of one. */
    private static final List<TranslationEvent> EVENTS = RandomEvents.list(7, 5000);

    /** The canonical form, written down once more without chunks. */
    private static final class Plain implements FieldSink {
        final MessageDigest sha;

        Plain() throws NoSuchAlgorithmException {
            sha = MessageDigest.getInstance("SHA-256");
        }

        void number(long value) {
            sha.update(ByteBuffer.allocate(8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(value)
                    .array());
        }

        @Override
        public void number(Field field, long value) {
            number(value);
        }

        @Override
        public void text(Field field, String value) {
            byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
            number(bytes.length);
            sha.update(bytes);
        }
    }

    private static String plain() throws NoSuchAlgorithmException {
        Plain plain = new Plain();
        for (TranslationEvent event : EVENTS) {
            EventType type = EventType.of(event);
            plain.number(type.ordinal());
            plain.number(event.sequence());
            plain.number(event.pe());
            plain.number(event.instructions());
            plain.number(event.pc());
            plain.number(event.el().ordinal());
            EventCodec.write(type, event, plain);
        }
        return HexFormat.of().formatHex(plain.sha.digest());
    }

    @Test
    void isTheHashOfTheCanonicalForm() throws NoSuchAlgorithmException {
        TraceDigest digest = new TraceDigest();
        EVENTS.forEach(digest::accept);
        assertThat(digest.finishHex()).isEqualTo(plain());
    }

    @Test
    void isTheSameOnAnotherThreadAndStartsAnew() throws NoSuchAlgorithmException {
        try (var thread = Executors.newSingleThreadExecutor()) {
            TraceDigest digest = new TraceDigest(thread);
            for (int round = 0; round < 2; round++) {
                EVENTS.forEach(digest::accept);
                assertThat(digest.finishHex()).as("round %d", round).isEqualTo(plain());
            }
        }
    }

    @Test
    void fewChunksWaitHoweverSlowTheOtherThreadIs() {
        AtomicInteger waiting = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        try (var thread = Executors.newSingleThreadExecutor()) {
            CountDownLatch begin = new CountDownLatch(1);
            thread.execute(() -> await(begin));
            TraceDigest digest = new TraceDigest(task -> {
                most.accumulateAndGet(waiting.incrementAndGet(), Math::max);
                if (waiting.get() == TraceDigest.WAITING) {
                    begin.countDown(); // nothing was hashed until now
                }
                thread.execute(() -> {
                    waiting.decrementAndGet();
                    task.run();
                });
            });
            for (int round = 0; round < 20; round++) {
                EVENTS.forEach(digest::accept);
            }
            begin.countDown();
            digest.finish();
        }
        assertThat(most.get()).isBetween(TraceDigest.WAITING, TraceDigest.WAITING + 1);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void ofNothingIsTheHashOfNothing() {
        assertThat(new TraceDigest().finishHex())
                .isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
