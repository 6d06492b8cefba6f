package dev.breakmake.engine.pe;

/** The guest asked for something this engine does not model. Ends the boot with a precise outcome; never a silent no-operation. */
public final class UnimplementedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Names what is missing.
     *
     * @param what the operation as the Arm ARM names it, with its encoding
     */
    public UnimplementedException(final String what) {
        super(what, null, false, false);
    }
}
