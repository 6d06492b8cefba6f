package dev.breakmake.engine.machine;

/** How a boot ended. */
public enum OutcomeKind {
    /** The place or text that was asked for. */
    REACHED,
    /** The guest printed a panic that was not asked for. */
    PANICKED,
    /** The same exception over and over, with no instruction between that could help. */
    EXCEPTION_LOOP,
    /** No PE makes progress and nothing is due that could change it. */
    HUNG,
    /** The limit of instructions or virtual time was reached. */
    LIMIT,
    /** The guest used something the engine does not model. */
    UNIMPLEMENTED,
    /** The image cannot be loaded. */
    BAD_IMAGE
}
