package dev.breakmake.cli;

import static dev.breakmake.cli.Arguments.option;

import dev.breakmake.cli.boot.BootRequest;
import dev.breakmake.cli.boot.Expectations;
import dev.breakmake.cli.boot.ImageDigest;
import dev.breakmake.cli.boot.Wanted;
import dev.breakmake.cli.boot.WholeFile;
import dev.breakmake.cli.image.ImageCache;
import dev.breakmake.cli.image.XenImage;
import dev.breakmake.engine.machine.Limits;
import dev.breakmake.engine.platform.BadImageException;
import dev.breakmake.engine.platform.BootImage;
import dev.breakmake.engine.platform.FakeGuest;
import dev.breakmake.engine.platform.ImageReader;
import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.rule.Severity;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.TypeConversionException;

/** The options that describe one boot; shared by every command that boots. */
final class BootOptionsMixin {

    private static final long LARGEST_IMAGE_BYTES = 512L << 20;

    /** Instructions of one boot of a sweep: several times what the longest boot that ends takes. */
    private static final long SWEEP_LIMIT = 1_000_000_000L;

    private int pes;
    private long memory;
    private int gic;
    private @Nullable Long ramBase;
    private @Nullable Long loadAddress;
    private @Nullable Architecture flat;
    private @Nullable Path dtb;
    private @Nullable String dom0;
    private @Nullable String bootArguments;
    private @Nullable String until;
    private String tlb = "flush-eagerly";
    private long seed;
    private long limit = Limits.DEFAULT.instructions();
    private long timeLimit;
    private @Nullable Path symbols;
    private String profile = "default";
    private @Nullable String expect;
    private Severity failOn = Severity.ERROR;

    /** Adds them to a command. */
    void addTo(CommandSpec spec) {
        spec.addOption(
                option("--pes", "N", Integer.class, "Processing elements, 1 to 8 (default: 1).", value -> pes = value)
                        .defaultValue("1")
                        .build());
        spec.addOption(
                option("--memory", "SIZE", Long.class, "RAM, e.g. 128MiB (default: 1GiB).", value -> memory = value)
                        .converters(new Sizes.Size())
                        .defaultValue("1GiB")
                        .build());
        spec.addOption(option(
                        "--gic",
                        "2|3",
                        Integer.class,
                        "Interrupt controller version (default: 2).",
                        value -> gic = value)
                .defaultValue("2")
                .build());
        spec.addOption(option(
                        "--ram-base",
                        "ADDRESS",
                        Long.class,
                        "Where RAM starts (default: 0x40000000, as QEMU's virt).",
                        value -> ramBase = value)
                .converters(new Sizes.Address())
                .build());
        spec.addOption(option(
                        "--load-address",
                        "ADDRESS",
                        Long.class,
                        "Where the image is loaded (default: as QEMU's loader).",
                        value -> loadAddress = value)
                .converters(new Sizes.Address())
                .build());
        spec.addOption(option(
                        "--flat",
                        "arm64|arm32",
                        Architecture.class,
                        "A file without any header is a flat binary for this architecture: its first byte is its first"
                                + " instruction.",
                        value -> flat = value)
                .converters(new FlatArchitecture())
                .build());
        spec.addOption(option(
                        "--dtb",
                        "FILE",
                        Path.class,
                        "Device tree to hand over instead of the platform's own.",
                        value -> dtb = value)
                .build());
        spec.addOption(option(
                        "--dom0",
                        "FILE|fake",
                        String.class,
                        "Guest kernel module; 'fake' is 4 KiB that branch to themselves, enough to go past the panic.",
                        value -> dom0 = value)
                .build());
        spec.addOption(option(
                        "--bootargs",
                        "TEXT",
                        String.class,
                        "The hypervisor's command line.",
                        value -> bootArguments = value)
                .build());
        spec.addOption(option(
                        "--until",
                        "GOAL",
                        String.class,
                        "What counts as reached: a regular expression for a console line, symbol:NAME, guest or poweroff"
                                + " (default: Xen's 'Could not set up' without a dom0, guest with one).",
                        value -> until = value)
                .build());
        spec.addOption(option(
                        "--tlb",
                        "POLICY",
                        String.class,
                        "What TLBs do where the architecture leaves a choice: flush-eagerly, keep-stale, prefer-old,"
                                + " conflict-abort (default: ${DEFAULT-VALUE}).",
                        value -> tlb = value)
                .defaultValue("flush-eagerly")
                .build());
        spec.addOption(option(
                        "--seed",
                        "N",
                        Long.class,
                        "Seeds random choices and poisons what the boot protocol leaves open; 0: the plain choice.",
                        value -> seed = value)
                .defaultValue("0")
                .build());
        spec.addOption(option(
                        "--limit",
                        "N",
                        Long.class,
                        "Give up a boot on the engine after N instructions.",
                        value -> limit = value)
                .build());
        spec.addOption(option(
                        "--time-limit",
                        "SECONDS",
                        Long.class,
                        "Give up a boot on QEMU after that (default: ${DEFAULT-VALUE}).",
                        value -> timeLimit = value)
                .defaultValue("120")
                .build());
        spec.addOption(option(
                        "--symbols",
                        "FILE",
                        Path.class,
                        "ELF with symbols (xen-syms) or map file; default: FILE-syms beside the image.",
                        value -> symbols = value)
                .build());
        spec.addOption(option(
                        "--profile",
                        "NAME|FILE",
                        String.class,
                        "Which rules are on: default, strict, lenient, or a profile file.",
                        value -> profile = value)
                .defaultValue("default")
                .build());
        spec.addOption(option(
                        "--expect",
                        "FILE|known",
                        String.class,
                        "Findings that are known; 'known': the committed ones of a fetched image.",
                        value -> expect = value)
                .build());
        spec.addOption(option(
                        "--fail-on",
                        "SEVERITY",
                        Severity.class,
                        "An unexpected finding this severe or worse fails: error, warning, lint (default: error).",
                        value -> failOn = value)
                .defaultValue("error")
                .build());
    }

    /** Names of architectures as images have them. */
    static final class FlatArchitecture implements ITypeConverter<Architecture> {
        @Override
        public Architecture convert(String value) {
            return switch (value) {
                case "arm64" -> Architecture.AARCH64;
                case "arm32", "armhf" -> Architecture.AARCH32;
                default ->
                    throw new TypeConversionException("'" + value + "' is no architecture: write arm64 or arm32");
            };
        }
    }

    /** The options as a command line would give them. */
    static BootOptionsMixin of(String... options) {
        BootOptionsMixin mixin = new BootOptionsMixin();
        CommandSpec spec = CommandSpec.create();
        mixin.addTo(spec);
        new CommandLine(spec).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(options);
        return mixin;
    }

    /**
     * Reads everything the options name.
     *
     * @param image a file, or the name of a fetched image such as {@code 4.17-arm64}
     * @param trace where the trace goes, or null
     * @param wanted what reports need beyond the findings
     * @throws CommandFailure saying which option or file is wrong
     */
    BootRequest request(String image, @Nullable Path trace, Wanted wanted) throws IOException {
        Expectations expectations = expect == null ? Expectations.NONE : expectations(expect, image);
        return request(image, symbols, expectations, trace, wanted);
    }

    /** One of many boots from many addresses: RAM begins at 0 unless the options say where, and what does not end is given up soon. */
    BootRequest requestForSweep(String image) throws IOException {
        if (loadAddress != null) {
            throw CommandFailure.usage(
                    "--load-address: a sweep boots from every address", "bound them by --from and --to");
        }
        if (ramBase == null) {
            ramBase = 0L;
        }
        limit = Math.min(limit, SWEEP_LIMIT);
        return request(image, null, Wanted.NOTHING);
    }

    /** The same boot of the image to compare with: its own symbols, nothing expected, no trace. */
    BootRequest baseRequest(String image, @Nullable Path itsSymbols) throws IOException {
        return request(image, itsSymbols, Expectations.NONE, null, Wanted.NOTHING);
    }

    private BootRequest request(
            String image, @Nullable Path itsSymbols, Expectations expectations, @Nullable Path trace, Wanted wanted)
            throws IOException {
        Optional<XenImage> known = Files.exists(Path.of(image)) ? Optional.empty() : XenImage.named(image);
        ImageCache cache = ImageCache.ofUser();
        Path file = known.map(xen -> cache.file(xen, ImageCache.IMAGE)).orElse(Path.of(image));
        byte[] bytes = read(file, known);
        BootImage parsed;
        try {
            parsed = ImageReader.read(image, bytes, flat);
        } catch (BadImageException e) {
            String message = String.valueOf(e.getMessage());
            throw CommandFailure.usage(
                    message, message.contains("flat binary") ? "say which with --flat arm64 or --flat arm32" : "");
        }
        if (timeLimit < 1) {
            throw CommandFailure.usage("--time-limit " + timeLimit + " is less than a second", "");
        }
        if (seed < 0) {
            throw CommandFailure.usage("--seed " + seed + " is negative", "");
        }
        byte[] guest = dom0 == null
                ? null
                : dom0.equals("fake") ? FakeGuest.of(parsed.architecture()) : readOption("--dom0", dom0);
        String arguments = bootArguments != null ? bootArguments : guest == null ? "" : dom0Arguments();
        return new BootRequest(
                image,
                file,
                bytes,
                ImageDigest.of(bytes),
                parsed,
                pes,
                memory,
                gic,
                ramBase,
                loadAddress,
                dtb == null ? null : readOption("--dtb", dtb.toString()),
                guest,
                arguments,
                until,
                TlbPolicies.named(tlb),
                seed,
                limit,
                Duration.ofSeconds(timeLimit),
                itsSymbols != null ? itsSymbols : symbolsOf(known, cache, file),
                Profiles.named(profile),
                expectations,
                failOn,
                trace,
                wanted);
    }

    private String dom0Arguments() {
        long mebibytes = Math.clamp((memory >> 20) / 4, 16, 512);
        return "console=dtuart dtuart=/pl011@9000000 noreboot dom0_mem=" + mebibytes + "M";
    }

    private static byte[] read(Path file, Optional<XenImage> known) throws IOException {
        if (known.isPresent() && !Files.isReadable(file)) {
            throw CommandFailure.usage(
                    "the Xen image " + known.get().name() + " is not in the cache",
                    "get it with: breakmake image fetch " + known.get().name());
        }
        if (!Files.exists(file)) {
            throw CommandFailure.usage(
                    "no image file " + file, "give a file, or the name of a fetched image (breakmake image ls)");
        }
        if (!Files.isRegularFile(file)) {
            throw CommandFailure.usage(file + " is not a file", "give the hypervisor image itself");
        }
        if (Files.size(file) > LARGEST_IMAGE_BYTES) {
            throw CommandFailure.usage(
                    file + " has " + Files.size(file) + " bytes: no hypervisor image is that large", "");
        }
        try {
            return WholeFile.read(file);
        } catch (AccessDeniedException e) {
            throw CommandFailure.usage("no permission to read " + file, "");
        }
    }

    private static byte[] readOption(String option, String file) throws IOException {
        try {
            return WholeFile.read(Path.of(file));
        } catch (NoSuchFileException e) {
            throw CommandFailure.usage(option + ": no file " + file, "");
        }
    }

    /** The symbols of a fetched image, or FILE-syms beside the image file, as Xen's build leaves them. */
    private static @Nullable Path symbolsOf(Optional<XenImage> known, ImageCache cache, Path file) {
        Path beside = known.map(image -> cache.file(image, ImageCache.SYMBOLS))
                .orElse(file.resolveSibling(file.getFileName() + "-syms"));
        return Files.isReadable(beside) ? beside : null;
    }

    private static Expectations expectations(String expect, String image) throws IOException {
        return expect.equals("known") ? Expectations.committed(image) : Expectations.read(Path.of(expect));
    }
}
