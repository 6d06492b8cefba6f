package dev.breakmake.engine.flow;

import java.util.function.LongUnaryOperator;

/**
 * The identity map of the image's code in one tree: the three tables that carry it and where they are linked. Which level it is
 * linked at depends on how far the load address and the runtime address share tables.
 */
final class IdentityMap {

    private final BootProgram program;
    private final int[] runtime;
    private final int[] own;
    private final int top;
    private final LongUnaryOperator leaf;
    private final long physical;
    private final int shared;

    /**
     * An identity map.
     *
     * @param runtime tables of the runtime mapping by level, root first
     * @param own tables of the identity map itself by level; the root's place is not used
     * @param leaf descriptor of a page
     */
    IdentityMap(final BootProgram program, final int[] runtime, final int[] own, final LongUnaryOperator leaf) {
        this.program = program;
        this.runtime = runtime;
        this.own = own;
        this.top = program.top;
        this.leaf = leaf;
        this.physical = program.specification.loadAddress();
        int level = top;
        while (level < 3 && index(physical, level) == index(program.layout.xen(), level)) {
            level++;
        }
        this.shared = level;
    }

    private long index(final long address, final int level) {
        return program.slot(address, level);
    }

    /** Whether the image is loaded at its runtime address, so that the runtime mapping is the identity map. */
    boolean isRuntime() {
        return physical == program.layout.xen();
    }

    /** Whether load and runtime address share even the last table. */
    boolean sharesLastTable() {
        return shared == 3;
    }

    /** Whether identity and runtime mapping cannot both exist: they share the last table and want different pages. */
    boolean clashes() {
        return sharesLastTable() && !isRuntime();
    }

    /** Writes the identity map's own tables. */
    void prepare(final int pages) {
        if (isRuntime()) {
            return;
        }
        program.mapIdentityPages(own[3 - top], pages, leaf);
        for (int level = 2; level > shared; level--) {
            program.entry(
                    own[level - top], index(physical, level), Descriptors.table(program.pa(own[level + 1 - top])));
        }
    }

    /** Links it into the runtime's tree. */
    void link() {
        if (!isRuntime()) {
            program.entry(
                    runtime[shared - top],
                    index(physical, shared),
                    Descriptors.table(program.pa(own[shared + 1 - top])));
        }
    }

    /** Takes the link away; invalidation is the caller's. */
    void unlink() {
        if (!isRuntime()) {
            program.entry(runtime[shared - top], index(physical, shared), 0);
        }
    }
}
