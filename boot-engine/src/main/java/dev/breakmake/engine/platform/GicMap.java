package dev.breakmake.engine.platform;

/** Which interrupt controller a platform has and at which physical addresses its windows are. */
public sealed interface GicMap {

    /** Base of the distributor. */
    long distributor();

    /** Architecture version: 2 or 3. */
    int version();

    /**
     * GICv2.
     *
     * @param distributor base of GICD
     * @param cpuInterface base of GICC
     * @param hypervisorInterface base of GICH
     * @param virtualCpuInterface base of GICV
     * @param messageFrame base of the GICv2m frame
     */
    record V2(
            long distributor, long cpuInterface, long hypervisorInterface, long virtualCpuInterface, long messageFrame)
            implements GicMap {
        @Override
        public int version() {
            return 2;
        }
    }

    /**
     * GICv3.
     *
     * @param distributor base of GICD, 64 KiB
     * @param redistributors base of the first PE's GICR frames, 128 KiB per PE
     * @param redistributorsSize size of the region of redistributors in bytes
     */
    record V3(long distributor, long redistributors, long redistributorsSize) implements GicMap {
        @Override
        public int version() {
            return 3;
        }
    }
}
