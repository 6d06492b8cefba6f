package dev.breakmake.cli;

import dev.breakmake.cli.layout.AddressMap;
import dev.breakmake.cli.layout.LayoutJson;
import dev.breakmake.cli.layout.LayoutText;
import dev.breakmake.cli.report.json.Json;
import dev.breakmake.translation.layout.Layout;
import dev.breakmake.translation.layout.LayoutFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Memory layouts: are they sound, and where may the image be loaded. */
@Command(
        name = "layout",
        description = {
            LayoutCommand.SUMMARY,
            "LAYOUT is a file (docs/layouts.md) or one of xen-4.17-arm64, xen-4.18-arm64, xen-4.20-arm64,"
                    + " xen-4.17-arm32, xen-4.20-arm32."
        },
        mixinStandardHelpOptions = true,
        subcommands = {LayoutCommand.Check.class, LayoutCommand.Sweep.class, LayoutCommand.Plot.class})
final class LayoutCommand implements Runnable {

    /** What the list of commands says of it. */
    static final String SUMMARY =
            "Looks at memory layouts of a hypervisor: are their regions apart, and what does an identity"
                    + " mapping clash with for each address the image can be loaded at.";

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        CommandLine command = spec.commandLine();
        command.usage(command.getOut());
    }

    /** A layout that comes with the program, or a file. */
    static Layout read(String name) {
        if (LayoutFile.BUNDLED.contains(name)) {
            return LayoutFile.bundled(name);
        }
        Path file = Path.of(name);
        if (!Files.isRegularFile(file)) {
            throw CommandFailure.usage(
                    "'" + name + "' is neither a file nor a layout that comes with breakmake",
                    "there are " + String.join(", ", LayoutFile.BUNDLED));
        }
        try (var in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            return LayoutFile.read(name, in);
        } catch (LayoutFile.LayoutException e) {
            throw CommandFailure.usage(String.valueOf(e.getMessage()), "docs/layouts.md describes layout files");
        } catch (IOException e) {
            throw CommandFailure.usage(name + " cannot be read: " + e.getMessage(), "is it text in UTF-8?");
        }
    }

    /** Regions and gaps of layouts. */
    @Command(
            name = "check",
            description = {
                "Prints the regions of layouts in order of address, with the gaps between them.",
                "Exit code 0: nothing is wrong; 1: two regions are closer than --guard; 3: a file cannot be used, with"
                        + " line and column of everything wrong in it."
            },
            mixinStandardHelpOptions = true)
    static final class Check implements Callable<Integer> {
        @Spec
        private CommandSpec spec;

        @Parameters(paramLabel = "LAYOUT", arity = "1..*", description = "A layout file or the name of a layout.")
        private List<String> names = List.of();

        @Option(
                names = "--guard",
                converter = Sizes.Size.class,
                paramLabel = "SIZE",
                description = "Bytes that must be free between two regions; default: 0, they may touch.")
        private long guard;

        @Option(
                names = "--json",
                description =
                        "One JSON object a layout: {layout, architecture, addressBits, granule, regions, problems}.")
        private boolean json;

        @Override
        public Integer call() {
            PrintWriter out = spec.commandLine().getOut();
            boolean problems = false;
            for (String name : names) {
                Layout layout = read(name);
                List<Layout.Problem> found = layout.problems(guard);
                problems |= !found.isEmpty();
                if (json) {
                    out.println(Json.write(LayoutJson.check(layout, found)));
                } else {
                    LayoutText.regions(layout).forEach(out::println);
                    found.forEach(problem -> out.println("problem: " + problem.message()));
                    out.println();
                }
            }
            return problems ? ExitCode.FAILED : ExitCode.PASSED;
        }
    }

    /** What each load address means. */
    @Command(
            name = "sweep",
            description = {
                "Says for every load address what an identity mapping of the image there means: clear, shares tables"
                        + " with the runtime mapping, clashes with a region, or impossible; and the way of the start"
                        + " code: direct, through the temporary mapping, or none.",
                "Addresses are computed as intervals from the borders, none is tried."
            },
            mixinStandardHelpOptions = true)
    static final class Sweep implements Callable<Integer> {
        @Spec
        private CommandSpec spec;

        @Mixin
        private LoadOptionsMixin loads;

        @Option(names = "--json", description = "One JSON object a layout: {layout, architecture, loads}.")
        private boolean json;

        @Override
        public Integer call() {
            PrintWriter out = spec.commandLine().getOut();
            for (AddressMap.Panel panel : panels(loads)) {
                if (json) {
                    out.println(Json.write(LayoutJson.sweep(panel.layout(), panel.rows())));
                } else {
                    LayoutText.sweep(panel.layout(), panel.rows()).forEach(out::println);
                    out.println();
                }
            }
            return ExitCode.PASSED;
        }
    }

    private static List<AddressMap.Panel> panels(LoadOptionsMixin loads) {
        List<AddressMap.Panel> panels = new ArrayList<>();
        for (String name : loads.layouts()) {
            Layout layout = read(name);
            panels.add(new AddressMap.Panel(layout, loads.rows(layout)));
        }
        return panels;
    }

    /** A picture. */
    @Command(
            name = "plot",
            description = {
                "Draws layouts side by side as SVG: the regions of the address space, and beside them at the same height"
                        + " what it means to load the image there, clashes marked. Opens in any browser."
            },
            mixinStandardHelpOptions = true)
    static final class Plot implements Callable<Integer> {
        @Spec
        private CommandSpec spec;

        @Mixin
        private LoadOptionsMixin loads;

        @Option(
                names = {"-o", "--output"},
                paramLabel = "FILE",
                description = "File to write; default: standard output.")
        private @Nullable Path output;

        @Override
        public Integer call() {
            String picture = AddressMap.of(panels(loads), loads.describe());
            if (output == null) {
                spec.commandLine().getOut().print(picture);
                return ExitCode.PASSED;
            }
            try {
                OutputFile.write(output, picture);
            } catch (IOException e) {
                throw CommandFailure.fault(
                        output + " cannot be written: " + e.getMessage(), "name another file with --output", e);
            }
            spec.commandLine().getOut().println("wrote " + output);
            return ExitCode.PASSED;
        }
    }
}
