package dev.breakmake.qemu.process;

import java.time.Duration;

/**
 * What one QEMU process may use.
 *
 * @param wallClock time from start to the end of the boot
 * @param consoleBytes bytes of console output kept; more ends the run
 * @param extraMemoryBytes address space on top of guest memory (translation buffer, libraries, stacks)
 * @param fileBytes largest file it may write, on top of the guest memory file
 */
public record QemuLimits(Duration wallClock, long consoleBytes, long extraMemoryBytes, long fileBytes) {

    /** Two minutes, 16 MiB of console, 6 GiB of address space, 64 MiB files. */
    public static final QemuLimits DEFAULT = new QemuLimits(Duration.ofMinutes(2), 16L << 20, 6L << 30, 64L << 20);

    /** Refuses limits that no boot could meet. */
    public QemuLimits {
        if (wallClock.isNegative() || wallClock.isZero()) {
            throw new IllegalArgumentException("wall clock limit %s must be positive".formatted(wallClock));
        }
        if (consoleBytes <= 0 || extraMemoryBytes <= 0 || fileBytes < 0) {
            throw new IllegalArgumentException("limits must be positive: console %d, memory %d, file %d bytes"
                    .formatted(consoleBytes, extraMemoryBytes, fileBytes));
        }
    }

    /** The same with another time limit. */
    public QemuLimits withWallClock(Duration limit) {
        return new QemuLimits(limit, consoleBytes, extraMemoryBytes, fileBytes);
    }
}
