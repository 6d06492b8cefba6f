package dev.breakmake.engine.isa.a32;

/**
 * Translated code: basic blocks that reach each other by branches, calls and returns, in one page or several. It leaves the PE
 * exactly as the interpreter would have: same registers, same instruction count, same faults at the same instruction.
 *
 * @param code the translated method
 * @param pages code it was translated from, as the method numbers it; the first holds the entry
 */
record Region(Code code, CodePage[] pages) {

    /** A translated method. */
    @FunctionalInterface
    interface Code {

        /**
         * Runs from the region's entry until control leaves the region, the PE's limit does not allow the next block, an access
         * needs more than the software TLB, or something asks for a stop. Returns without having executed anything if the first
         * instruction is such an access.
         *
         * @param state its PE's PC is the region's entry
         * @param pages the pages of the region
         */
        void run(AArch32 state, CodePage[] pages);
    }

    /** Runs it. */
    void run(final AArch32 state) {
        code.run(state, pages);
    }
}
