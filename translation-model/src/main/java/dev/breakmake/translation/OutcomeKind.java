package dev.breakmake.translation;

/** How a boot ended, on any backend; the names are those of verdicts and of the services' contracts. */
public enum OutcomeKind {
    /** The place or text that was asked for. */
    REACHED,
    /** The guest printed a panic that was not asked for. */
    PANICKED,
    /** The same exception over and over, with no instruction between that could help. */
    EXCEPTION_LOOP,
    /** No PE makes progress and nothing is due that could change it, or the guest switched itself off or reset. */
    HUNG,
    /** A limit was reached: instructions, virtual or wall time, console output. */
    LIMIT,
    /** The guest used something the backend does not model. */
    UNIMPLEMENTED,
    /** The image cannot be loaded. */
    BAD_IMAGE
}
