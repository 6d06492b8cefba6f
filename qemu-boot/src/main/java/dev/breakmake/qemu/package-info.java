/**
 * Boots images on stock QEMU and emits the same translation events as the engine.
 *
 * <p>The doors are {@code QemuBoot} (run one boot) and {@code BackendComparison} (hold two event sequences against each other). What QEMU
 * cannot show is declared in the trace header, so that no rule calls it clean.
 */
@NullMarked
package dev.breakmake.qemu;

import org.jspecify.annotations.NullMarked;
