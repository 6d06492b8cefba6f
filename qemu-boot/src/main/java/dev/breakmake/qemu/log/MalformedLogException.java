package dev.breakmake.qemu.log;

import java.io.IOException;

/** QEMU's execution log is not what it is known to be. */
public final class MalformedLogException extends IOException {

    private static final long serialVersionUID = 1L;

    private static final int SHOWN = 200;

    MalformedLogException(String what) {
        super("QEMU's execution log cannot be read: "
                + (what.length() <= SHOWN ? what : what.substring(0, SHOWN) + "..."));
    }
}
