package dev.breakmake.cli.boot;

import dev.breakmake.engine.machine.TlbPolicy;
import dev.breakmake.engine.platform.BootImage;
import dev.breakmake.translation.rule.Profile;
import dev.breakmake.translation.rule.Severity;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One boot as the user asked for it, read and checked, before a backend is chosen.
 *
 * @param name what the user called the image
 * @param imageFile where the image file is
 * @param file bytes of the image file; not to be changed
 * @param digest digest of the image file
 * @param image the image as it stands in memory
 * @param pes number of PEs
 * @param memoryBytes RAM in bytes
 * @param gicVersion 2 or 3
 * @param ramBase physical address of the RAM, or null for the platform's own
 * @param loadAddress physical address of the image, or null for the loader's choice
 * @param deviceTree a device tree to hand over, or null for the platform's own
 * @param dom0 a guest kernel, or null for none
 * @param bootArguments command line of the hypervisor
 * @param until what counts as reached: a pattern, {@code symbol:NAME}, {@code guest} or {@code poweroff}; null for the default
 * @param tlbPolicy what TLBs do where the architecture leaves a choice
 * @param seed seeds every random choice; 0 makes the plain one
 * @param instructionLimit instructions of all PEs after which the boot is given up
 * @param timeLimit wall-clock time after which a boot on QEMU is given up
 * @param symbols ELF or map file with symbols, or null
 * @param profile which rules are on
 * @param expectations what is known about the image
 * @param failOn the mildest severity at which an unexpected finding fails the boot
 * @param trace where the trace goes, or null
 * @param wanted what reports need beyond the findings
 */
public record BootRequest(
        String name,
        Path imageFile,
        byte[] file,
        ImageDigest digest,
        BootImage image,
        int pes,
        long memoryBytes,
        int gicVersion,
        @Nullable Long ramBase,
        @Nullable Long loadAddress,
        byte @Nullable [] deviceTree,
        byte @Nullable [] dom0,
        String bootArguments,
        @Nullable String until,
        TlbPolicy tlbPolicy,
        long seed,
        long instructionLimit,
        Duration timeLimit,
        @Nullable Path symbols,
        Profile profile,
        Expectations expectations,
        Severity failOn,
        @Nullable Path trace,
        Wanted wanted) {}
