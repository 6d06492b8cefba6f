package dev.breakmake.qemu;

import dev.breakmake.qemu.process.QemuException;
import dev.breakmake.qemu.process.QemuLimits;
import dev.breakmake.translation.event.Architecture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One boot on QEMU.
 *
 * @param architecture execution state the image starts in
 * @param machine QEMU machine with its options, e.g. {@code virt,gic-version=3}; virtualization is switched on for {@code virt}
 * @param cpu QEMU CPU model
 * @param peCount number of PEs
 * @param memoryBytes guest memory, a multiple of 1 MiB
 * @param image hypervisor image
 * @param bootArgs its command line, empty for none
 * @param dom0 kernel module for dom0
 * @param dtb device tree to hand over instead of QEMU's own
 * @param until console text that ends the run; none means the default of {@link ConsoleExpectation}
 * @param untilGuest whether the first entry of a guest below the hypervisor ends the run too; needs full observation
 * @param observation how much is watched
 * @param limits what QEMU may use
 * @param binary QEMU binary; none means the first in PATH
 */
public record QemuBootSpecification(
        Architecture architecture,
        String machine,
        String cpu,
        int peCount,
        long memoryBytes,
        Path image,
        String bootArgs,
        Optional<GuestModule> dom0,
        Optional<Path> dtb,
        Optional<Pattern> until,
        boolean untilGuest,
        Observation observation,
        QemuLimits limits,
        Optional<Path> binary) {

    private static final int MAX_PES = 8;
    private static final Pattern MACHINE = Pattern.compile("[A-Za-z0-9._-]+(,[A-Za-z0-9._-]+=[A-Za-z0-9._-]+)*");
    private static final Pattern CPU = Pattern.compile("[A-Za-z0-9._-]+(,[A-Za-z0-9._-]+=[A-Za-z0-9._-]+)*");

    /** A boot that ends at console text only. */
    public QemuBootSpecification(
            Architecture architecture,
            String machine,
            String cpu,
            int peCount,
            long memoryBytes,
            Path image,
            String bootArgs,
            Optional<GuestModule> dom0,
            Optional<Path> dtb,
            Optional<Pattern> until,
            Observation observation,
            QemuLimits limits,
            Optional<Path> binary) {
        this(
                architecture,
                machine,
                cpu,
                peCount,
                memoryBytes,
                image,
                bootArgs,
                dom0,
                dtb,
                until,
                false,
                observation,
                limits,
                binary);
    }

    /** A boot on the virt machine with the CPU and GIC that Xen images are usually tried on, and default limits. */
    public static QemuBootSpecification virt(Architecture architecture, Path image, int peCount, long memoryBytes) {
        boolean a64 = architecture == Architecture.AARCH64;
        return new QemuBootSpecification(
                architecture,
                "virt,gic-version=2",
                a64 ? "cortex-a57" : "cortex-a15",
                peCount,
                memoryBytes,
                image,
                "console=dtuart dtuart=/pl011@9000000 noreboot",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false,
                Observation.FULL,
                QemuLimits.DEFAULT,
                Optional.empty());
    }

    /** The same, watched as much as that. */
    public QemuBootSpecification withObservation(Observation value) {
        return new QemuBootSpecification(
                architecture,
                machine,
                cpu,
                peCount,
                memoryBytes,
                image,
                bootArgs,
                dom0,
                dtb,
                until,
                untilGuest,
                value,
                limits,
                binary);
    }

    /** The same with other limits. */
    public QemuBootSpecification withLimits(QemuLimits value) {
        return new QemuBootSpecification(
                architecture,
                machine,
                cpu,
                peCount,
                memoryBytes,
                image,
                bootArgs,
                dom0,
                dtb,
                until,
                untilGuest,
                observation,
                value,
                binary);
    }

    /** The same, ending at that console text. */
    public QemuBootSpecification withUntil(Pattern value) {
        return new QemuBootSpecification(
                architecture,
                machine,
                cpu,
                peCount,
                memoryBytes,
                image,
                bootArgs,
                dom0,
                dtb,
                Optional.of(value),
                untilGuest,
                observation,
                limits,
                binary);
    }

    /** The same, ending when a guest below the hypervisor is entered. */
    public QemuBootSpecification withUntilGuest() {
        return new QemuBootSpecification(
                architecture,
                machine,
                cpu,
                peCount,
                memoryBytes,
                image,
                bootArgs,
                dom0,
                dtb,
                until,
                true,
                observation,
                limits,
                binary);
    }

    /** The same with a dom0 kernel and another command line for the hypervisor. */
    public QemuBootSpecification withDom0(GuestModule module, String hypervisorArgs) {
        return new QemuBootSpecification(
                architecture,
                machine,
                cpu,
                peCount,
                memoryBytes,
                image,
                hypervisorArgs,
                Optional.of(module),
                dtb,
                until,
                untilGuest,
                observation,
                limits,
                binary);
    }

    /** The same on that QEMU binary. */
    public QemuBootSpecification withBinary(Path value) {
        return new QemuBootSpecification(
                architecture,
                machine,
                cpu,
                peCount,
                memoryBytes,
                image,
                bootArgs,
                dom0,
                dtb,
                until,
                untilGuest,
                observation,
                limits,
                Optional.of(value));
    }

    /** Whether the machine is QEMU's {@code virt}. */
    public boolean isVirt() {
        return machine.equals("virt") || machine.startsWith("virt,");
    }

    /** Refuses what QEMU could not run or what could smuggle options into its command line. */
    public void check() throws QemuException {
        require(MACHINE.matcher(machine).matches(), "machine '%s' is not NAME or NAME,OPTION=VALUE...", machine);
        require(CPU.matcher(cpu).matches(), "cpu '%s' is not NAME or NAME,OPTION=VALUE...", cpu);
        require(peCount >= 1 && peCount <= MAX_PES, "%s PEs: 1 to " + MAX_PES + " are possible", peCount);
        require(
                memoryBytes >= 1 << 20 && memoryBytes % (1 << 20) == 0,
                "memory of %s bytes is not a positive multiple of 1 MiB",
                memoryBytes);
        require(Files.isReadable(image) && Files.isRegularFile(image), "image %s is not a readable file", image);
        if (dtb.isPresent()) {
            require(Files.isRegularFile(dtb.get()), "device tree %s is not a file", dtb.get());
        }
        if (dom0.isPresent()) {
            Path file = dom0.get().file();
            require(Files.isRegularFile(file), "dom0 kernel %s is not a file", file);
            require(isVirt(), "machine '%s' cannot load a dom0 module; only virt can", machine);
        }
        require(
                !untilGuest || observation == Observation.FULL,
                "observation '%s' does not see a guest being entered: use full, or end at console text",
                observation.name().toLowerCase(java.util.Locale.ROOT));
        require(
                observation != Observation.FULL || isVirt(),
                "machine '%s' can be run but not observed: full observation needs the memory map of virt",
                machine);
    }

    private static void require(boolean condition, String message, Object value) throws QemuException {
        if (!condition) {
            throw new QemuException(QemuException.Kind.BAD_INPUT, String.format(java.util.Locale.ROOT, message, value));
        }
    }
}
