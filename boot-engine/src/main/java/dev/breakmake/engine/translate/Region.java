package dev.breakmake.engine.translate;

import dev.breakmake.engine.pe.ProcessingElement;

/**
 * Translated code: basic blocks that branch to each other, calls and their returns included. It leaves the PE exactly as the
 * interpreter would have: same registers, same instruction count, same faults at the same instruction.
 */
@FunctionalInterface
public interface Region {

    /**
     * Runs from the region's entry until control leaves the region, the PE's limit does not allow the next block, or something asks
     * for a stop.
     *
     * @param pe its PC is the region's entry
     */
    void run(ProcessingElement pe);
}
