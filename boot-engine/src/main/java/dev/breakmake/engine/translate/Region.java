package dev.breakmake.engine.translate;

import dev.breakmake.engine.pe.ProcessingElement;

/**
 * Translated code: basic blocks that branch to each other, calls and their returns included. It leaves the PE exactly as the
 * interpreter would have: same registers, same instruction count, same faults at the same instruction.
 *
 * <p>A class and not an interface, which a call among thousands of implementations finds its method in faster.
 */
public abstract class Region {

    /** For generated classes. */
    protected Region() {}

    /**
     * Runs from the region's entry until control leaves the region, the PE's limit does not allow the next block, or something asks
     * for a stop.
     *
     * @param pe its PC is the region's entry
     */
    public abstract void run(ProcessingElement pe);
}
