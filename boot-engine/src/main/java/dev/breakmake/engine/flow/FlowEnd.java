package dev.breakmake.engine.flow;

/** In which way a flow ended. */
public enum FlowEnd {
    /** Every PE runs on its final tables. */
    REACHED,
    /** The code itself found that it cannot boot from where it is loaded, and said so. */
    GAVE_UP,
    /** An operation raised an exception that nothing handles, or its fetch came from memory that holds other code. */
    EXCEPTION,
    /** An operation needs something the machine does not have. */
    UNIMPLEMENTED
}
