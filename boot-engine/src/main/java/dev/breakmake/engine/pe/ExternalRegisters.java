package dev.breakmake.engine.pe;

/** System registers that live outside the PE: interrupt controller interface and generic timer. */
public interface ExternalRegisters {

    /** Nothing outside: every access is undefined. */
    ExternalRegisters NONE = new ExternalRegisters() {
        @Override
        public boolean has(final int key) {
            return false;
        }

        @Override
        public long read(final ProcessingElement pe, final int key) {
            return 0;
        }

        @Override
        public void write(final ProcessingElement pe, final int key, final long value) {}
    };

    /**
     * Whether a register is here.
     *
     * @param key encoding as {@link SystemRegister#key()}
     */
    boolean has(int key);

    /** Reads a register as {@code pe}. */
    long read(ProcessingElement pe, int key);

    /** Writes a register as {@code pe}. */
    void write(ProcessingElement pe, int key, long value);
}
