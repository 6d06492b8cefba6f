package dev.breakmake.qemu.gdb;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Splits a byte stream into gdb remote packets ({@code $data#checksum}), incrementally: bytes may arrive in any pieces.
 *
 * <p>Undoes the {@code 0x7d} escape and the {@code *} run-length encoding. Acknowledgements between packets are skipped; any other byte
 * there, a wrong checksum, a malformed escape or a packet that would grow beyond the limit is refused with the stream offset.
 */
public final class GdbPacketDecoder {

    private enum State {
        BETWEEN,
        BODY,
        ESCAPE,
        REPEAT,
        CHECKSUM_HIGH,
        CHECKSUM_LOW
    }

    private static final int ESCAPE_BYTE = 0x7d;
    private static final int REPEAT_BYTE = '*';
    private static final int MAX_QUEUED = 1024;

    private final int maxPacketBytes;
    private final ArrayDeque<String> packets = new ArrayDeque<>();
    private byte[] body = new byte[4096];
    private int length;
    private int sum;
    private int claimedHigh;
    private boolean notification;
    private State state = State.BETWEEN;
    private long offset;

    /** A decoder that refuses packets of more than this many bytes after expansion. */
    public GdbPacketDecoder(int maxPacketBytes) {
        this.maxPacketBytes = maxPacketBytes;
    }

    /** Takes all remaining bytes of the buffer. Complete packets become available from {@link #poll()}. */
    public void feed(ByteBuffer bytes) throws GdbProtocolException {
        while (bytes.hasRemaining()) {
            accept(bytes.get() & 0xff);
            offset++;
        }
    }

    /** The next complete packet's data (one char per byte, ISO 8859-1), or null if none is complete. */
    public @Nullable String poll() {
        return packets.poll();
    }

    /** Whether the stream so far ends inside a packet. */
    public boolean insidePacket() {
        return state != State.BETWEEN;
    }

    private void accept(int b) throws GdbProtocolException {
        switch (state) {
            case BETWEEN -> begin(b);
            case BODY -> body(b);
            case ESCAPE -> {
                sum += b;
                append(b ^ 0x20);
                state = State.BODY;
            }
            case REPEAT -> repeat(b);
            case CHECKSUM_HIGH -> {
                claimedHigh = hexDigit(b);
                state = State.CHECKSUM_LOW;
            }
            case CHECKSUM_LOW -> end(claimedHigh << 4 | hexDigit(b));
        }
    }

    private void begin(int b) throws GdbProtocolException {
        if (b == '+') {
            return;
        }
        if (b == '-') {
            throw error("the stub reports that it received a damaged packet");
        }
        if (b != '$' && b != '%') {
            throw error("byte 0x%02x between packets; expected '$'".formatted(b));
        }
        notification = b == '%';
        length = 0;
        sum = 0;
        state = State.BODY;
    }

    private void body(int b) throws GdbProtocolException {
        if (b == '#') {
            state = State.CHECKSUM_HIGH;
            return;
        }
        if (b == '$') {
            throw error("a new packet starts inside a packet");
        }
        sum += b;
        if (b == ESCAPE_BYTE) {
            state = State.ESCAPE;
        } else if (b == REPEAT_BYTE) {
            state = State.REPEAT;
        } else {
            append(b);
        }
    }

    private void repeat(int b) throws GdbProtocolException {
        sum += b;
        int count = b - 29;
        if (count < 3 || b > 126 || length == 0) {
            throw error("run-length byte 0x%02x%s".formatted(b, length == 0 ? " with nothing to repeat" : ""));
        }
        int last = body[length - 1] & 0xff;
        for (int i = 0; i < count; i++) {
            append(last);
        }
        state = State.BODY;
    }

    private void end(int claimed) throws GdbProtocolException {
        if ((sum & 0xff) != claimed) {
            throw error("checksum #%02x does not match the packet's bytes (#%02x)".formatted(claimed, sum & 0xff));
        }
        state = State.BETWEEN;
        if (notification) {
            return;
        }
        if (packets.size() == MAX_QUEUED) {
            throw error("more than %d packets nobody asked for".formatted(MAX_QUEUED));
        }
        packets.add(new String(body, 0, length, StandardCharsets.ISO_8859_1));
    }

    private void append(int b) throws GdbProtocolException {
        if (length == maxPacketBytes) {
            throw error("packet longer than %d bytes".formatted(maxPacketBytes));
        }
        if (length == body.length) {
            body = java.util.Arrays.copyOf(body, Math.min(maxPacketBytes, length * 2));
        }
        body[length++] = (byte) b;
    }

    private int hexDigit(int b) throws GdbProtocolException {
        int digit = Character.digit(b, 16);
        if (digit < 0) {
            throw error("checksum byte 0x%02x is not a hexadecimal digit".formatted(b));
        }
        return digit;
    }

    private GdbProtocolException error(String what) {
        return new GdbProtocolException(
                String.format(Locale.ROOT, "gdb stub, byte %d of its stream: %s", offset, what));
    }
}
