package dev.breakmake.qemu;

import dev.breakmake.qemu.link.ByteSink;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The console of a guest that is not observed: a file QEMU appends to. QEMU writes a console byte by byte; into a socket each of them would
 * cost it as much as tens of guest instructions and wake this JVM, into a file next to nothing.
 */
final class ConsoleFile implements Closeable {

    private final FileChannel channel;
    private final ByteSink sink;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(16 * 1024);

    private ConsoleFile(FileChannel channel, ByteSink sink) {
        this.channel = channel;
        this.sink = sink;
    }

    /** Makes the empty file, before QEMU opens it. */
    static ConsoleFile create(Path path, ByteSink sink) throws IOException {
        return new ConsoleFile(
                FileChannel.open(
                        path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
                sink);
    }

    /** Delivers what was appended since the last call. */
    void read() throws IOException {
        do {
            buffer.clear();
            if (channel.read(buffer) <= 0) {
                return;
            }
            buffer.flip();
            sink.bytes(buffer);
        } while (buffer.limit() == buffer.capacity());
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
