package dev.breakmake.cli.backend;

import dev.breakmake.engine.platform.BootImage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One boot that both backends are to show.
 *
 * @param name what reports call it
 * @param file the image as QEMU's loader gets it
 * @param bytes its content, as the engine gets it; not to be changed
 * @param image the same, read
 * @param pes number of PEs
 * @param memoryBytes guest memory
 * @param gicVersion 2 or 3
 * @param bootArguments the hypervisor's command line; none means what Xen needs to print on the virt machine's UART
 * @param dom0 guest kernel, or null for none
 * @param deviceTree device tree to hand over instead of QEMU's own, or null
 * @param until console text at which both stop; none means Xen's last words without a dom0, and the entry of the guest with one
 * @param symbols file with symbols, or null
 * @param qemu QEMU binary; none means the first in PATH
 * @param limit time QEMU may take
 * @param traces folder for both traces, or null
 */
public record ComparisonRequest(
        String name,
        Path file,
        byte[] bytes,
        BootImage image,
        int pes,
        long memoryBytes,
        int gicVersion,
        Optional<String> bootArguments,
        byte @Nullable [] dom0,
        @Nullable Path deviceTree,
        Optional<Pattern> until,
        @Nullable Path symbols,
        Optional<Path> qemu,
        Duration limit,
        @Nullable Path traces) {

    /** How long a full observation may take: arm32 Xen stops up to 20,000 times, each of them slow on a busy machine. */
    public static final Duration DEFAULT_LIMIT = Duration.ofMinutes(10);
}
