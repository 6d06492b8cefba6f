package dev.breakmake.qemu.gdb;

import java.io.IOException;

/** The gdb stub sent something the protocol does not allow, refused a request, or closed the connection. */
public final class GdbProtocolException extends IOException {

    private static final long serialVersionUID = 1L;

    /** Says what was sent, what was expected and at which request. */
    public GdbProtocolException(String message) {
        super(message);
    }
}
