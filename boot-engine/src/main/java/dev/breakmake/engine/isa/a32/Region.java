package dev.breakmake.engine.isa.a32;

/**
 * Translated code: basic blocks that reach each other by branches, calls and returns, in one page or several. It leaves the PE
 * exactly as the interpreter would have: same registers, same instruction count, same faults at the same instruction.
 *
 * <p>A class and not an interface, which a call among thousands of implementations finds its method in faster.
 */
abstract class Region {

    /** For generated classes. */
    protected Region() {}

    /**
     * Runs from the region's entry until control leaves the region, the PE's limit does not allow the next block, an access
     * needs more than the software TLB, or something asks for a stop. Returns without having executed anything if the first
     * instruction is such an access.
     *
     * @param state its PE's PC is the region's entry
     */
    abstract void run(AArch32 state);
}
