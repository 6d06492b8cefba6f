package dev.breakmake.engine.platform;

/** An image, module or device tree that cannot be booted as asked; the message says what is wrong, where, and what would help. */
public final class BadImageException extends Exception {

    private static final long serialVersionUID = 1L;

    BadImageException(String message) {
        super(message);
    }

    BadImageException(String message, Throwable cause) {
        super(message, cause);
    }
}
