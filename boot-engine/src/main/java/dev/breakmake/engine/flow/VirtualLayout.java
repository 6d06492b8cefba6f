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
    private static final long HALF_TIB = 1L << 39;

    static VirtualLayout of(final FlowSpecification specification) {
        if (specification.architecture() == Architecture.AARCH32) {
            final long domheap = 0x8000_0000L;
            return new VirtualLayout(2 * MIB, 4 * MIB, 6 * MIB, domheap, domheap + 2 * MIB);
        }
        // Every region has a level 2 entry of its own: 2 MiB with Xen's granule.
        final long entry = specification.tables().blockBytes();
        final long base = specification.has(Patch.LAYOUT_REWORK) ? 4 * HALF_TIB : 0;
        final long xen = base + entry;
        return new VirtualLayout(xen, base + 2 * entry, base + 3 * entry, 256 * HALF_TIB, xen);
    }
}
