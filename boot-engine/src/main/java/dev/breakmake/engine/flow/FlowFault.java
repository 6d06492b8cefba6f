package dev.breakmake.engine.flow;

/** The flow cannot go on: an operation faulted, or the code itself found that it cannot boot from where it is loaded. */
final class FlowFault extends RuntimeException {

    private static final long serialVersionUID = 1L;

    FlowFault(final String message) {
        super(message, null, false, false);
    }
}
