package dev.breakmake.qemu.link;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Function;

/** The other end of a unix socket: answers whatever it is sent with the bytes a test gives, or sends without being asked. */
public final class ScriptedPeer implements Closeable {

    /** What the peer does; null from it closes the connection. */
    public interface Script extends Function<String, byte[]> {}

    private final Hub hub;
    private final SocketChannel ours;
    private final SocketChannel theirs;
    private final Thread thread;

    private ScriptedPeer(Hub hub, SocketChannel ours, SocketChannel theirs, Script script) {
        this.hub = hub;
        this.ours = ours;
        this.theirs = theirs;
        this.thread = Thread.ofPlatform().daemon().start(() -> serve(script));
    }

    /** Connects both ends over a socket in the folder. The script is asked once with "" at the start. */
    public static ScriptedPeer start(Path folder, Script script) throws IOException {
        Hub hub = new Hub();
        Path socket = folder.resolve("s");
        var server = hub.listen(socket);
        SocketChannel theirs = SocketChannel.open(StandardProtocolFamily.UNIX);
        theirs.connect(UnixDomainSocketAddress.of(socket));
        SocketChannel ours = hub.accept(server, Deadline.in(Duration.ofSeconds(10)), () -> true);
        return new ScriptedPeer(hub, ours, theirs, script);
    }

    private void serve(Script script) {
        ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
        try {
            if (!answer(script.apply(""))) {
                return;
            }
            while (theirs.read(buffer) >= 0) {
                buffer.flip();
                String request = StandardCharsets.ISO_8859_1.decode(buffer).toString();
                buffer.clear();
                if (!answer(script.apply(request))) {
                    return;
                }
            }
        } catch (ClosedChannelException e) {
            // The test closed both ends while we were reading: that is how it ends.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean answer(byte[] bytes) throws IOException {
        if (bytes == null) {
            theirs.close();
            return false;
        }
        try {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                theirs.write(buffer);
            }
            return true;
        } catch (IOException e) {
            // The side under test hung up on us, as it should on hostile input.
            return false;
        }
    }

    public Hub hub() {
        return hub;
    }

    public SocketChannel channel() {
        return ours;
    }

    @Override
    public void close() throws IOException {
        hub.close();
        theirs.close();
        try {
            thread.join(10_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
