package dev.breakmake.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.breakmake.cli.backend.ComparisonJson;
import dev.breakmake.cli.backend.ComparisonProgress;
import dev.breakmake.cli.backend.ComparisonRequest;
import dev.breakmake.cli.backend.ComparisonText;
import dev.breakmake.cli.backend.JobComparisons;
import dev.breakmake.cli.backend.TwoBackends;
import dev.breakmake.cli.image.ImageCache;
import dev.breakmake.cli.image.XenImage;
import dev.breakmake.cli.matrix.JobFile;
import dev.breakmake.cli.matrix.LocalImages;
import dev.breakmake.cli.report.json.Json;
import dev.breakmake.cli.terminal.LivePanel;
import dev.breakmake.cli.terminal.Style;
import dev.breakmake.engine.platform.BadImageException;
import dev.breakmake.engine.platform.BootImage;
import dev.breakmake.engine.platform.FakeGuest;
import dev.breakmake.engine.platform.ImageReader;
import dev.breakmake.qemu.process.QemuException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Holds the engine against stock QEMU, which shares no code with it. */
@Command(
        name = "compare-backends",
        description = {
            CompareBackendsCommand.SUMMARY,
            "Compared are register writes and TLB invalidates of each PE in order, and what the translation tables translate.",
            "Exit code 0: they agree; 1: they differ, or nothing was compared; 2: no QEMU, or it failed."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  breakmake compare-backends 4.17-arm64 --pes 1,2",
            "  breakmake compare-backends job.yaml --json",
            "  breakmake compare-backends path/to/xen --symbols path/to/xen-syms --traces .",
            "  breakmake compare-backends 4.20-arm64 --gic 3 --dom0 fake --json"
        })
final class CompareBackendsCommand implements Callable<Integer> {

    /** What the list of commands says of it. */
    static final String SUMMARY = "Boots an image on the engine and on stock QEMU and compares what they showed.";

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "IMAGE|SPEC",
            arity = "1..*",
            description =
                    "arm64 Image or zImage; a fetched image by name (breakmake image ls); or a job file (.yaml,"
                            + " .yml, .json), whose boots then say all but --qemu, --timeout and --traces; one or more of them.")
    private List<String> images = List.of();

    @Option(
            names = "--pes",
            paramLabel = "N",
            split = ",",
            defaultValue = "1",
            description = "Processing elements, 1 to 8; several: 1,2 (default: 1).")
    private List<Integer> pes = List.of();

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            defaultValue = "0",
            converter = Sizes.Size.class,
            description = "RAM, e.g. 1GiB (default: 256MiB, with a guest 512MiB).")
    private long memory;

    @Option(
            names = "--gic",
            paramLabel = "2|3",
            defaultValue = "2",
            description = "Interrupt controller version (default: 2).")
    private int gic;

    @Option(
            names = "--dom0",
            paramLabel = "FILE|fake",
            description =
                    "Guest kernel module; 'fake' is 4 KiB that branch to themselves. Both then stop when the guest"
                            + " is entered.")
    private @Nullable String dom0;

    @Option(names = "--bootargs", paramLabel = "TEXT", description = "The hypervisor's command line.")
    private @Nullable String bootArguments;

    @Option(
            names = "--dtb",
            paramLabel = "FILE",
            description = "Device tree to hand over instead of the one QEMU makes.")
    private @Nullable Path dtb;

    @Option(
            names = "--until",
            paramLabel = "REGEX",
            description = "Console line at which both stop (default: Xen's 'Could not set up').")
    private @Nullable String until;

    @Option(
            names = "--symbols",
            paramLabel = "FILE",
            description = "ELF or map file that names addresses (default: those of a fetched image).")
    private @Nullable Path symbols;

    @Option(names = "--qemu", paramLabel = "FILE", description = "QEMU binary (default: the first in PATH).")
    private @Nullable Path qemu;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "600",
            description = "Time QEMU may take for one boot (default: 600).")
    private int timeout;

    @Option(names = "--traces", paramLabel = "FOLDER", description = "Writes both traces there, for breakmake trace.")
    private @Nullable Path traces;

    @Option(
            names = "--json",
            description = "One JSON object: {agree, compared: {registerWrites, tlbInvalidates, tables}, differences[],"
                    + " boots[]}.")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<ComparisonRequest> requests = requests();
        PrintWriter out = spec.commandLine().getOut();
        List<ComparisonJson.Boot> boots = new ArrayList<>();
        ComparisonText text = new ComparisonText(Style.ofOutput());
        for (ComparisonRequest request : requests) {
            TwoBackends result = compare(request, boots.size(), requests.size());
            boots.add(new ComparisonJson.Boot(request, result));
            if (!json) {
                if (boots.size() == 1) {
                    out.println(text.heading());
                }
                text.lines(request, result).forEach(out::println);
                out.flush();
            }
        }
        boolean agree = boots.stream().allMatch(boot -> boot.result().agree());
        if (json) {
            ObjectNode object = ComparisonJson.of(boots);
            out.println(Json.write(object));
        } else {
            out.println(text.summary(boots));
        }
        return agree ? ExitCode.PASSED : ExitCode.FAILED;
    }

    private static TwoBackends compare(ComparisonRequest request, int done, int total)
            throws IOException, InterruptedException {
        ComparisonProgress progress = new ComparisonProgress();
        String name = "%s, %d PE%s".formatted(request.name(), request.pes(), request.pes() == 1 ? "" : "s");
        String count = total == 1 ? "" : "%d of %d: ".formatted(done + 1, total);
        try (LivePanel _ = LivePanel.showing(() -> List.of(count + name + "  " + progress.text()))) {
            return TwoBackends.boot(request, progress);
        } catch (QemuException e) {
            String message = name + ": " + e.getMessage();
            throw switch (e.kind()) {
                case BAD_INPUT -> CommandFailure.usage(message, "see breakmake compare-backends --help");
                case MISSING_BINARY ->
                    CommandFailure.fault(message, "or name it: --qemu FILE; see breakmake doctor", e);
                case DIED, ENVIRONMENT -> CommandFailure.fault(message, "", e);
            };
        }
    }

    private List<ComparisonRequest> requests() throws IOException {
        if (timeout <= 0) {
            throw CommandFailure.usage("--timeout " + timeout + " is not positive", "");
        }
        if (traces != null && !Files.isDirectory(traces)) {
            throw CommandFailure.usage("--traces: no folder " + traces, "create it first");
        }
        if (gic != 2 && gic != 3) {
            throw CommandFailure.usage("--gic " + gic + ": 2 or 3", "");
        }
        List<ComparisonRequest> requests = new ArrayList<>();
        for (String image : images) {
            if (image.matches(".+\\.(ya?ml|json)")) {
                requests.addAll(ofJob(Path.of(image)));
                continue;
            }
            for (int count : pes) {
                requests.add(request(image, count));
            }
        }
        return requests;
    }

    private List<ComparisonRequest> ofJob(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        LocalImages local = new LocalImages(folder == null ? Path.of(".") : folder, ImageCache.ofUser());
        return new JobComparisons(local, Optional.ofNullable(qemu), Duration.ofSeconds(timeout), traces)
                .of(JobFile.read(file));
    }

    private ComparisonRequest request(String name, int count) throws IOException {
        if (count < 1 || count > 8) {
            throw CommandFailure.usage("--pes " + count + ": 1 to 8", "");
        }
        Optional<XenImage> known = Files.exists(Path.of(name)) ? Optional.empty() : XenImage.named(name);
        ImageCache cache = ImageCache.ofUser();
        Path file = known.map(xen -> cache.file(xen, ImageCache.IMAGE)).orElse(Path.of(name));
        if (!Files.isRegularFile(file)) {
            throw CommandFailure.usage(
                    known.isPresent() ? "the Xen image " + name + " is not in the cache" : "no image file " + file,
                    known.isPresent()
                            ? "get it with: breakmake image fetch " + name
                            : "give a file, or the name of a fetched image (breakmake image ls)");
        }
        byte[] bytes = Files.readAllBytes(file);
        BootImage image;
        try {
            image = ImageReader.read(name, bytes, null);
        } catch (BadImageException e) {
            throw CommandFailure.usage(String.valueOf(e.getMessage()), "");
        }
        Path itsSymbols = symbols != null
                ? symbols
                : known.map(xen -> cache.file(xen, ImageCache.SYMBOLS))
                        .filter(Files::isReadable)
                        .orElse(null);
        return new ComparisonRequest(
                name,
                file,
                bytes,
                image,
                count,
                memory != 0 ? memory : (dom0 == null ? 256L : 512L) << 20,
                gic,
                Optional.ofNullable(bootArguments),
                guest(image),
                dtb,
                Optional.ofNullable(until).map(CompareBackendsCommand::pattern),
                itsSymbols,
                Optional.ofNullable(qemu),
                Duration.ofSeconds(timeout),
                traces);
    }

    private byte @Nullable [] guest(BootImage image) throws IOException {
        if (dom0 == null || dom0.equals("fake")) {
            return dom0 == null ? null : FakeGuest.of(image.architecture());
        }
        try {
            return Files.readAllBytes(Path.of(dom0));
        } catch (NoSuchFileException e) {
            throw CommandFailure.usage("--dom0: no file " + dom0, "");
        }
    }

    private static Pattern pattern(String text) {
        try {
            return Pattern.compile(text);
        } catch (PatternSyntaxException e) {
            throw CommandFailure.usage("--until: '" + text + "' is no regular expression: " + e.getDescription(), "");
        }
    }
}
