package dev.breakmake.cli.boot;

import java.io.IOException;

/** What executes a boot; both emit the same events. */
public enum Backend {
    /** The deterministic machine of this product, in this process. */
    ENGINE,
    /** Stock QEMU, watched from outside. */
    QEMU;

    /**
     * Runs one boot to its end on the calling thread.
     *
     * @param progress told what happens
     */
    public BootReport run(BootRequest request, BootProgress progress) throws IOException {
        return switch (this) {
            case ENGINE -> EngineBoot.run(request, progress);
            case QEMU -> StockQemuBoot.run(request, progress);
        };
    }
}
