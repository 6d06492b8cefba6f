package dev.breakmake.lab.local;

import org.jspecify.annotations.Nullable;

/** The lab cannot start here, and why: one sentence for a person, with what to do. */
final class LabFailure extends Exception {

    private static final long serialVersionUID = 1L;

    LabFailure(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    LabFailure(String message) {
        this(message, null);
    }
}
