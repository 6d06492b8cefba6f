package dev.breakmake.engine.machine;

import dev.breakmake.engine.platform.BootOptions;
import dev.breakmake.engine.platform.Platform;
import dev.breakmake.translation.finding.SymbolSource;

/**
 * Everything a boot depends on. Two boots of equal specifications give equal events.
 *
 * @param imageName file name of the image, for messages
 * @param image the image file: arm64 Image, zImage, ELF or any of them in gzip; not to be changed
 * @param platform board: PEs, RAM banks, interrupt controller
 * @param options load address, device tree, modules, command line, poisoned registers
 * @param until what counts as reached
 * @param limits where the boot is given up
 * @param tlbPolicy what the TLBs do where the architecture leaves a choice
 * @param seed seeds every choice the engine makes at random; 0 makes the plain choice
 * @param symbols names code addresses in the result
 */
public record BootSpecification(
        String imageName,
        byte[] image,
        Platform platform,
        BootOptions options,
        Until until,
        Limits limits,
        TlbPolicy tlbPolicy,
        long seed,
        SymbolSource symbols) {

    /** A boot of an image on a board, up to Xen's panic for want of a dom0, with nothing else asked for. */
    public static BootSpecification of(final String imageName, final byte[] image, final Platform platform) {
        return new BootSpecification(
                imageName,
                image,
                platform,
                BootOptions.DEFAULT,
                Until.XEN_WITHOUT_DOM0,
                Limits.DEFAULT,
                TlbPolicy.FLUSH_EAGERLY,
                0,
                SymbolSource.NONE);
    }

    /** The same with other options. */
    public BootSpecification withOptions(final BootOptions other) {
        return new BootSpecification(imageName, image, platform, other, until, limits, tlbPolicy, seed, symbols);
    }

    /** The same with another goal. */
    public BootSpecification withUntil(final Until other) {
        return new BootSpecification(imageName, image, platform, options, other, limits, tlbPolicy, seed, symbols);
    }

    /** The same with other limits. */
    public BootSpecification withLimits(final Limits other) {
        return new BootSpecification(imageName, image, platform, options, until, other, tlbPolicy, seed, symbols);
    }

    /** The same with another TLB policy. */
    public BootSpecification withTlbPolicy(final TlbPolicy other, final long otherSeed) {
        return new BootSpecification(imageName, image, platform, options, until, limits, other, otherSeed, symbols);
    }

    /** The same with symbols. */
    public BootSpecification withSymbols(final SymbolSource other) {
        return new BootSpecification(imageName, image, platform, options, until, limits, tlbPolicy, seed, other);
    }
}
