package dev.breakmake.translation.trace;

import dev.breakmake.translation.event.EventSink;
import dev.breakmake.translation.event.TranslationEvent;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The digest of a run: SHA-256 over its events in a canonical form (type, common fields and fields in the order of the format,
 * numbers as 8 little-endian bytes, texts as length and UTF-8). It does not depend on how a file was cut and packed.
 */
public final class TraceDigest implements EventSink {
    private final MessageDigest sha = sha256();
    private final byte[] buffer = new byte[8192];
    private final Fields fields = new Fields();
    private int used;

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
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
            flush();
            sha.update(bytes);
        }
    }

    private void put(long value) {
        if (buffer.length - used < 8) {
            flush();
        }
        for (int i = 0; i < 8; i++) {
            buffer[used++] = (byte) (value >>> (8 * i));
        }
    }

    private void flush() {
        sha.update(buffer, 0, used);
        used = 0;
    }

    /** The 32 bytes of the digest; starts a new one. */
    public byte[] finish() {
        flush();
        return sha.digest();
    }

    /** The digest as 64 hexadecimal digits; starts a new one. */
    public String finishHex() {
        return HexFormat.of().formatHex(finish());
    }
}
