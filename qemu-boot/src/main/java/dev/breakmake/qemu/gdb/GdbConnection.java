package dev.breakmake.qemu.gdb;

import dev.breakmake.qemu.link.ByteSink;
import dev.breakmake.qemu.link.Deadline;
import dev.breakmake.qemu.link.Hub;
import dev.breakmake.qemu.link.PeerGoneException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Packets to and from one stub. Every request waits for its reply at most for the reply limit. */
public final class GdbConnection implements ByteSink {

    /** Largest packet accepted; QEMU's own limit is 4 KiB, others go higher. */
    public static final int MAX_PACKET_BYTES = 1 << 20;

    private final Hub hub;
    private final SocketChannel channel;
    private final Duration replyLimit;
    private final GdbPacketDecoder decoder = new GdbPacketDecoder(MAX_PACKET_BYTES);
    private ByteBuffer output = ByteBuffer.allocateDirect(4096);
    private boolean acknowledge = true;
    private boolean closed;
    private long sent;

    /**
     * Packets received and not acknowledged yet. Acknowledgements travel with the next request: one of its own would cost the stub a wake-up,
     * and stop a target that is running by then.
     */
    private int unacknowledged;

    /** Takes over a connected channel. */
    public GdbConnection(Hub hub, SocketChannel channel, Duration replyLimit) throws IOException {
        this.hub = hub;
        this.channel = channel;
        this.replyLimit = replyLimit;
        hub.attach(channel, this);
    }

    @Override
    public void bytes(ByteBuffer buffer) throws IOException {
        decoder.feed(buffer);
    }

    @Override
    public void closed() {
        closed = true;
    }

    /** Whether the stub closed the connection. */
    public boolean isClosed() {
        return closed;
    }

    /** Sends a packet and returns the reply's data. */
    public String exchange(String request) throws IOException {
        send(request);
        return reply(request);
    }

    /** Waits for the next packet, the reply to a request sent before. */
    String reply(String request) throws IOException {
        Deadline deadline = Deadline.in(replyLimit);
        String reply = poll();
        while (reply == null) {
            if (closed) {
                throw new PeerGoneException("the gdb stub closed the connection during '%s'%s"
                        .formatted(shortened(request), decoder.insidePacket() ? ", inside a packet" : ""));
            }
            if (deadline.passed()) {
                throw new GdbProtocolException("the gdb stub did not answer '%s' within %s%s"
                        .formatted(
                                shortened(request),
                                replyLimit,
                                decoder.insidePacket() ? " (its packet has no end yet)" : ""));
            }
            hub.pump(deadline.remainingNanos());
            reply = poll();
        }
        return reply;
    }

    /** Sends a packet that is answered later (resumption) or never (kill). */
    public void send(String request) throws IOException {
        output.clear();
        put(request);
        flush();
    }

    /**
     * Sends two packets in one piece. Only the second may resume the target: a stub takes what arrives while the target runs as a request
     * to stop it.
     */
    void send(String first, String second) throws IOException {
        output.clear();
        put(first);
        put(second);
        flush();
    }

    /** Packets sent so far. */
    public long packetsSent() {
        return sent;
    }

    private void put(String request) {
        int length = request.length();
        int needed = unacknowledged + length + 4;
        if (output.remaining() < needed) {
            output = ByteBuffer.allocateDirect(output.position() + needed).put(output.flip());
        }
        for (; unacknowledged > 0; unacknowledged--) {
            output.put((byte) '+');
        }
        output.put((byte) '$');
        int sum = 0;
        for (int i = 0; i < length; i++) {
            char c = request.charAt(i);
            if (c > 0xff || c == '#' || c == '$' || c == '}' || c == '*') {
                throw new IllegalArgumentException("character 0x%x needs escaping in '%s'".formatted((int) c, request));
            }
            sum += c;
            output.put((byte) c);
        }
        output.put((byte) '#');
        output.put((byte) Character.forDigit(sum >> 4 & 15, 16));
        output.put((byte) Character.forDigit(sum & 15, 16));
        sent++;
    }

    private void flush() throws IOException {
        output.flip();
        hub.send(channel, output);
    }

    /** Sends the interrupt byte, which stops a running target. */
    public void interrupt() throws IOException {
        hub.send(channel, ByteBuffer.wrap(new byte[] {3}));
    }

    /** The next packet that has arrived, or null. */
    public @Nullable String poll() throws IOException {
        String packet = decoder.poll();
        if (packet != null && acknowledge) {
            unacknowledged++;
        }
        return packet;
    }

    /** Turns acknowledgements off for good, as agreed by {@code QStartNoAckMode}. */
    void stopAcknowledging() {
        acknowledge = false;
    }

    private static String shortened(String request) {
        return request.length() <= 60 ? request : request.substring(0, 57) + "...";
    }
}
