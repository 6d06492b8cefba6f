package dev.breakmake.engine.isa.a64;

import dev.breakmake.engine.pe.ProcessingElement;

/**
 * Translated code: a set of basic blocks of one page that branch to each other. It leaves the PE exactly as the interpreter would
 * have: same registers, same instruction count, same faults at the same instruction.
 */
@FunctionalInterface
interface Region {

    /**
     * Runs from the region's entry until control leaves the region, the PE's limit does not allow the next block, or something asks
     * for a stop.
     *
     * @param pe its PC is the region's entry
     * @param ops micro-operations of the page
     */
    void run(ProcessingElement pe, MicroOp[] ops);
}
