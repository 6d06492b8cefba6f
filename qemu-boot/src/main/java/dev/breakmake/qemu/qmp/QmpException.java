package dev.breakmake.qemu.qmp;

import java.io.IOException;

/** QEMU's monitor sent something that is not QMP, refused a command, or did not answer. */
public final class QmpException extends IOException {

    private static final long serialVersionUID = 1L;

    /** Says what and at which command. */
    public QmpException(String message) {
        super(message);
    }
}
