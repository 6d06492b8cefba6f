package dev.breakmake.engine.flow;

/** The flow cannot go on: an operation faulted, or the code itself found that it cannot boot from where it is loaded. */
final class FlowFault extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final FlowEnd end;

    FlowFault(final FlowEnd end, final String message) {
        super(message, null, false, false);
        this.end = end;
    }

    /** The code gives up by itself. */
    static FlowFault gaveUp(final String message) {
        return new FlowFault(FlowEnd.GAVE_UP, message);
    }

    FlowEnd end() {
        return end;
    }
}
