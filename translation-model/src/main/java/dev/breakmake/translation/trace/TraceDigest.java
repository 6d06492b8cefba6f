package dev.breakmake.translation.trace;

import dev.breakmake.translation.event.EventSink;
import dev.breakmake.translation.event.TranslationEvent;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * The digest of a run: SHA-256 over its events in a canonical form (type, common fields and fields in the order of the format,
 * numbers as 8 little-endian bytes, texts as length and UTF-8). It does not depend on how a file was cut and packed.
 */
public final class TraceDigest implements EventSink {
    private static final int CHUNK = 16_384;

    /** Chunks that may wait to be hashed (1 MiB): who tells events faster than they are hashed waits. */
    static final int WAITING = 64;

    private final Fields fields = new Fields();
    private final Executor hashing;
    private final Semaphore room = new Semaphore(WAITING);

    /** Touched by tasks of the executor only. */
    private @Nullable MessageDigest sha;

    private byte[] buffer = new byte[CHUNK];
    private int used;

    /** A digest worked out on the thread that tells it the events. */
    public TraceDigest() {
        this(Runnable::run);
    }

    /**
     * A digest worked out elsewhere.
     *
     * @param hashing executes one task after the other, in the order it gets them
     */
    public TraceDigest(Executor hashing) {
        this.hashing = hashing;
    }

    private MessageDigest sha() {
        MessageDigest digest = sha;
        if (digest == null) {
            try {
                digest = MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java platform has SHA-256", e);
            }
            sha = digest;
        }
        return digest;
    }

    @Override
    public void accept(TranslationEvent event) {
        EventType type = EventType.of(event);
        put(type.ordinal());
        put(event.sequence());
        put(event.pe());
        put(event.instructions());
        put(event.pc());
        put(event.el().ordinal());
        EventCodec.write(type, event, fields);
    }

    private final class Fields implements FieldSink {
        @Override
        public void number(Field field, long value) {
            put(value);
        }

        @Override
        public void text(Field field, String value) {
            byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
            put(bytes.length);
            for (byte each : bytes) {
                if (used == CHUNK) {
                    flush();
                }
                buffer[used++] = each;
            }
        }
    }

    private void put(long value) {
        if (used > CHUNK - 8) {
            flush();
        }
        byte[] into = buffer;
        int at = used;
        into[at] = (byte) value;
        into[at + 1] = (byte) (value >>> 8);
        into[at + 2] = (byte) (value >>> 16);
        into[at + 3] = (byte) (value >>> 24);
        into[at + 4] = (byte) (value >>> 32);
        into[at + 5] = (byte) (value >>> 40);
        into[at + 6] = (byte) (value >>> 48);
        into[at + 7] = (byte) (value >>> 56);
        used = at + 8;
    }

    private void flush() {
        byte[] full = buffer;
        int length = used;
        room.acquireUninterruptibly();
        hashing.execute(() -> {
            sha().update(full, 0, length);
            room.release();
        });
        buffer = new byte[CHUNK];
        used = 0;
    }

    /** The 32 bytes of the digest; starts a new one. */
    public byte[] finish() {
        flush();
        CompletableFuture<byte[]> digest = new CompletableFuture<>();
        hashing.execute(() -> digest.complete(sha().digest()));
        return digest.join();
    }

    /** The digest as 64 hexadecimal digits; starts a new one. */
    public String finishHex() {
        return HexFormat.of().formatHex(finish());
    }
}
