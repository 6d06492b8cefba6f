package dev.breakmake.lab.start;

/** Why a service does not start. The message is all there is: what is wrong, and what to do about it. */
public final class StartRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Refuses with {@code message}. */
    public StartRefusedException(String message) {
        super(message);
    }
}
