package dev.breakmake.qemu.process;

import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;

/** Reads a command's standard error, where that is more than messages. */
public interface ErrorReader {

    /**
     * Reads to the end of the stream, on a thread of its own.
     *
     * @param messages takes what the command says to its user
     */
    void read(InputStream stream, Consumer<String> messages) throws IOException;
}
