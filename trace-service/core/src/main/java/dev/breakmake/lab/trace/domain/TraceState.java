package dev.breakmake.lab.trace.domain;

/** How far a trace has come. */
public enum TraceState {
    /** Bytes may still arrive. */
    OPEN(1),
    /** Complete and judged. */
    SEALED(2),
    /** No valid trace. */
    REJECTED(3);

    private final int code;

    TraceState(int code) {
        this.code = code;
    }

    /** Value in the database. */
    public int code() {
        return code;
    }

    /** The state stored as {@code code}. */
    public static TraceState of(int code) {
        return switch (code) {
            case 1 -> OPEN;
            case 2 -> SEALED;
            case 3 -> REJECTED;
            default -> throw new IllegalArgumentException("trace state " + code);
        };
    }
}
