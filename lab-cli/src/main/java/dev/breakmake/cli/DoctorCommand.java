package dev.breakmake.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.breakmake.cli.image.ImageCache;
import dev.breakmake.cli.image.XenImage;
import dev.breakmake.cli.lab.LabFolder;
import dev.breakmake.cli.lab.LabState;
import dev.breakmake.cli.report.json.Json;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Says what this machine has and what is missing for which use. */
@Command(name = "doctor", description = DoctorCommand.SUMMARY, mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {

    /** What the list of commands says of it. */
    static final String SUMMARY = "Says what this machine has, what is missing, and what for.";

    private static final long ENOUGH_SPACE_BYTES = 2L << 30;

    /**
     * One line of the diagnosis.
     *
     * @param required whether nothing works without it
     */
    private record Check(String name, boolean ok, boolean required, String detail) {}

    @Spec
    private CommandSpec spec;

    @Option(names = "--json", description = "One JSON object: {ok, checks: [{name, ok, required, detail}]}.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        List<Check> checks = new ArrayList<>();
        checks.add(new Check(
                "JDK",
                Runtime.version().feature() >= 25,
                true,
                Runtime.version() + " in " + System.getProperty("java.home")));
        ImageCache cache = ImageCache.ofUser();
        for (XenImage image : XenImage.ALL) {
            boolean held = cache.holds(image);
            checks.add(new Check(
                    "Xen " + image.name(),
                    held,
                    false,
                    held
                            ? cache.file(image, ImageCache.IMAGE).toString()
                            : "missing: breakmake image fetch " + image.name()));
        }
        checks.add(program("qemu-system-aarch64", "qemu-system-arm", "--backend qemu on arm64"));
        checks.add(program("qemu-system-arm", "qemu-system-arm", "--backend qemu on arm32"));
        checks.add(program("dtc", "device-tree-compiler", "the device-tree tests"));
        checks.add(program("aarch64-linux-gnu-objdump", "binutils-aarch64-linux-gnu", "the instruction-set tests"));
        checks.add(program("apt-get", "apt", "image fetch"));
        checks.add(lab());
        checks.add(space("cache", cache.folder()));
        checks.add(space("temporary folder", Path.of(System.getProperty("java.io.tmpdir"))));
        boolean ok = checks.stream().allMatch(check -> check.ok() || !check.required());
        print(checks, ok);
        return ok ? ExitCode.PASSED : ExitCode.FAULT;
    }

    private void print(List<Check> checks, boolean ok) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            ObjectNode root = Json.object().put("ok", ok);
            ArrayNode array = root.putArray("checks");
            for (Check check : checks) {
                array.addObject()
                        .put("name", check.name())
                        .put("ok", check.ok())
                        .put("required", check.required())
                        .put("detail", check.detail());
            }
            out.println(Json.write(root));
            return;
        }
        for (Check check : checks) {
            String state = check.ok() ? "ok" : check.required() ? "MISSING" : "-";
            out.printf(Locale.ROOT, "%-7s  %-26s  %s%n", state, check.name(), check.detail());
        }
    }

    /** Whether {@code breakmake up} could start: its port is free, or the lab has it. */
    private static Check lab() throws IOException {
        Optional<LabState> running = LabState.running(LabFolder.ofUser());
        if (running.isPresent()) {
            return new Check(
                    "port: lab", true, false, "the lab runs at " + running.get().url());
        }
        try (ServerSocket _ = new ServerSocket(UpCommand.DEFAULT_PORT, 1, InetAddress.getLoopbackAddress())) {
            return new Check("port: lab", true, false, UpCommand.DEFAULT_PORT + " is free");
        } catch (BindException e) {
            return new Check(
                    "port: lab",
                    false,
                    false,
                    UpCommand.DEFAULT_PORT + " is taken by another program: breakmake up --port 0 takes a free one");
        }
    }

    private static Check program(String name, String debianPackage, String use) throws IOException {
        Optional<Path> found = Stream.of(
                        System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
        return found.isPresent()
                ? new Check(name, true, false, firstLine(found.get()))
                : new Check(
                        name, false, false, "missing, needed for " + use + ": sudo apt-get install " + debianPackage);
    }

    private static String firstLine(Path program) throws IOException {
        Process process = new ProcessBuilder(program.toString(), "--version")
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return output.lines().findFirst().orElse("prints no version");
    }

    private static Check space(String name, Path folder) throws IOException {
        Path existing = Stream.iterate(folder.toAbsolutePath(), Objects::nonNull, Path::getParent)
                .filter(Files::exists)
                .findFirst()
                .orElseThrow();
        long free = Files.getFileStore(existing).getUsableSpace();
        return new Check(
                "space: " + name,
                free >= ENOUGH_SPACE_BYTES,
                false,
                String.format(Locale.ROOT, "%.1f GiB free at %s", free / (double) (1L << 30), existing));
    }
}
