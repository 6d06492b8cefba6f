package dev.breakmake.qemu.link;

import java.io.IOException;

/** The process at the other end of a socket ended, closed it, or does not answer. */
public final class PeerGoneException extends IOException {

    private static final long serialVersionUID = 1L;

    /** Says which. */
    public PeerGoneException(String message) {
        super(message);
    }
}
