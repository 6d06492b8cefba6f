package dev.breakmake.qemu.link;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Takes what one peer sends. */
public interface ByteSink {

    /** Takes all remaining bytes of the buffer. */
    void bytes(ByteBuffer buffer) throws IOException;

    /** The peer closed the connection; called once. */
    void closed();
}
