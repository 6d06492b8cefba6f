package dev.breakmake.qemu.process;

import java.io.IOException;

/** QEMU could not be found, started or kept running; the message says what a user can do. */
public final class QemuException extends IOException {

    private static final long serialVersionUID = 1L;

    /** Whose problem it is. */
    public enum Kind {
        /** No usable QEMU binary. */
        MISSING_BINARY,
        /** The specification names a file or value that cannot be used. */
        BAD_INPUT,
        /** QEMU started and ended on its own before the boot was over. */
        DIED,
        /** This machine refused something: space, sockets, processes. */
        ENVIRONMENT
    }

    private final Kind kind;

    /** With a message for the user. */
    public QemuException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    /** Whose problem it is. */
    public Kind kind() {
        return kind;
    }
}
