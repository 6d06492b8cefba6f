package dev.breakmake.qemu.link;

import java.io.Closeable;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** The selector of one session. Not thread-safe but for what says so: one thread owns it. */
public final class Hub implements Closeable {

    private static final Duration WRITE_LIMIT = Duration.ofSeconds(10);
    private static final long LIVENESS_MILLIS = 20;

    private final Selector selector = Selector.open();
    private final ByteBuffer input = ByteBuffer.allocateDirect(64 * 1024);
    private final ReentrantLock turn = new ReentrantLock();
    private final List<Closeable> owned = new ArrayList<>();

    /** Opens the selector. */
    public Hub() throws IOException {
        owned.add(selector);
    }

    /** Starts to listen at a new unix socket; the peer will connect to it. */
    public ServerSocketChannel listen(Path path) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        owned.add(server);
        server.bind(UnixDomainSocketAddress.of(path), 1);
        server.configureBlocking(false);
        return server;
    }

    /** Waits for the one peer of that socket, then stops listening. Fails when the peer is gone or the deadline passes. */
    public SocketChannel accept(ServerSocketChannel server, Deadline deadline, BooleanSupplier peerAlive)
            throws IOException {
        SelectionKey key = server.register(selector, SelectionKey.OP_ACCEPT);
        try {
            while (true) {
                SocketChannel channel = server.accept();
                if (channel != null) {
                    owned.add(channel);
                    return channel;
                }
                if (!peerAlive.getAsBoolean()) {
                    throw new PeerGoneException("the process ended before it connected");
                }
                if (deadline.passed()) {
                    throw new PeerGoneException("the process did not connect within %s".formatted(deadline.length()));
                }
                selector.select(LIVENESS_MILLIS);
                selector.selectedKeys().clear();
            }
        } finally {
            key.cancel();
            server.close();
        }
    }

    /** Serves a connected peer from now on: its bytes go to the sink whenever the hub is pumped. */
    public void attach(SocketChannel channel, ByteSink sink) throws IOException {
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ, sink);
    }

    /** Waits at most that long for any peer and delivers what all of them sent; 0 only looks. Returns whether anything came. */
    public boolean pump(long nanos) throws IOException {
        // Rounded up: a wait of less than a millisecond must not become a busy loop.
        int ready = nanos == 0 ? selector.selectNow() : selector.select(Math.max(1, (nanos + 999_999) / 1_000_000));
        if (ready == 0) {
            return false;
        }
        turn.lock();
        try {
            for (SelectionKey key : selector.selectedKeys()) {
                if (key.isValid() && key.attachment() instanceof ByteSink sink) {
                    read((SocketChannel) key.channel(), key, sink);
                }
            }
        } finally {
            turn.unlock();
        }
        selector.selectedKeys().clear();
        return true;
    }

    /** Held while a peer's bytes are delivered: who takes it on another thread is not disturbed by any. */
    public ReentrantLock turn() {
        return turn;
    }

    /** Delivers what that peer has sent by now; for another thread, which holds the {@link #turn()}. */
    public void look(SocketChannel channel, ByteSink sink) throws IOException {
        input.clear();
        while (channel.read(input) > 0) {
            sink.bytes(input.flip());
            input.clear();
        }
    }

    /** Ends the wait of a {@link #pump} that is under way, or the next one's; for another thread. */
    public void wake() {
        selector.wakeup();
    }

    private void read(SocketChannel channel, SelectionKey key, ByteSink sink) throws IOException {
        while (true) {
            input.clear();
            int count;
            try {
                count = channel.read(input);
            } catch (IOException e) {
                // A reset connection is the peer's end, like an orderly close.
                count = -1;
            }
            if (count < 0) {
                key.cancel();
                sink.closed();
                return;
            }
            if (count == 0) {
                return;
            }
            input.flip();
            sink.bytes(input);
            if (count < input.capacity()) {
                return;
            }
        }
    }

    /** Sends all remaining bytes. Fails when the peer does not take them. */
    public void send(SocketChannel channel, ByteBuffer bytes) throws IOException {
        Deadline deadline = Deadline.in(WRITE_LIMIT);
        while (bytes.hasRemaining()) {
            if (channel.write(bytes) == 0) {
                if (deadline.passed()) {
                    throw new PeerGoneException("the process took no input for %s".formatted(WRITE_LIMIT));
                }
                pump(1_000_000);
            }
        }
    }

    /** Closes the selector and every channel it made. */
    @Override
    public void close() throws IOException {
        IOException first = null;
        for (Closeable closeable : owned.reversed()) {
            try {
                closeable.close();
            } catch (IOException e) {
                first = first == null ? e : first;
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
