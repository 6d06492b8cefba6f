package dev.breakmake.engine.flow;

import dev.breakmake.translation.event.Architecture;

/**
 * Where a flow puts things in the virtual address space; facts from Xen's public headers.
 *
 * @param xen runtime address of the image
 * @param fixmap address of the fixmap
 * @param fdt address of the early device tree mapping
 * @param direct start of the direct map (arm64) or the domheap (arm32)
 * @param temporary address of the temporary mapping of the image (arm32); the runtime address where there is none
 */
record VirtualLayout(long xen, long fixmap, long fdt, long direct, long temporary) {

    private static final long MIB = 1L << 20;
    private static final long SLOT0 = 1L << 39;

    static VirtualLayout of(final FlowSpecification specification) {
        if (specification.architecture() == Architecture.AARCH32) {
            final long domheap = 0x8000_0000L;
            return new VirtualLayout(2 * MIB, 4 * MIB, 6 * MIB, domheap, domheap + 2 * MIB);
        }
        final long slot = specification.has(Patch.LAYOUT_REWORK) ? 4 * SLOT0 : 0;
        return new VirtualLayout(slot + 2 * MIB, slot + 4 * MIB, slot + 6 * MIB, 256 * SLOT0, slot + 2 * MIB);
    }
}
