package dev.breakmake.qemu.site;

import dev.breakmake.translation.event.Barrier;
import dev.breakmake.translation.event.Shareability;

/** The 4-bit option field of DSB and DMB, the same in both instruction sets (Arm ARM C6.2.117, F5.1.56). */
final class BarrierOption {

    private BarrierOption() {}

    static SiteOperation.DataBarrier barrier(Barrier.Kind kind, int option, boolean nxs) {
        return switch (option & 3) {
            case 1 -> new SiteOperation.DataBarrier(kind, domain(option), Barrier.AccessTypes.LD, nxs);
            case 2 -> new SiteOperation.DataBarrier(kind, domain(option), Barrier.AccessTypes.ST, nxs);
            case 3 -> new SiteOperation.DataBarrier(kind, domain(option), Barrier.AccessTypes.ALL, nxs);
            // Reserved options behave as SY.
            default -> new SiteOperation.DataBarrier(kind, Shareability.SY, Barrier.AccessTypes.ALL, nxs);
        };
    }

    static Shareability domain(int option) {
        return switch (option >>> 2 & 3) {
            case 0 -> Shareability.OSH;
            case 1 -> Shareability.NSH;
            case 2 -> Shareability.ISH;
            default -> Shareability.SY;
        };
    }
}
