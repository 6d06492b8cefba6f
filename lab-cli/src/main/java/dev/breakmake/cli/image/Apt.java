package dev.breakmake.cli.image;

import dev.breakmake.cli.CommandFailure;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Downloads Debian packages of any suite and architecture with the machine's own apt: its mirror, its proxy settings, its keys.
 * Package lists live in a private folder, so neither root nor a change of the machine's configuration is needed.
 */
final class Apt {

    private static final Set<String> DEBIAN_SUITES = Set.of("bullseye", "bookworm", "trixie", "forky", "sid");
    private static final Pattern INRELEASE =
            Pattern.compile("'(?<mirror>[^']*/)dists/(?<suite>[a-z]+)/(InRelease|Release)'.*");
    private static final Path DEBIAN_KEYS = Path.of("/usr/share/keyrings/debian-archive-keyring.gpg");
    private static final long COMMAND_LIMIT_MINUTES = 10;

    private final Path workspace;
    private final String mirror;

    private Apt(Path workspace, String mirror) {
        this.workspace = workspace;
        this.mirror = mirror;
    }

    /**
     * @param workspace an existing folder for lists and packages; the caller deletes it
     * @throws CommandFailure if this machine has no apt or no Debian mirror configured
     */
    static Apt in(Path workspace) throws IOException {
        for (String program : List.of("apt-get", "dpkg-deb")) {
            if (!onPath(program)) {
                throw CommandFailure.fault(
                        "fetching the Xen images needs " + program + ", which is not on the PATH",
                        "fetch them on a Debian or Ubuntu machine and copy its cache folder here");
            }
        }
        return new Apt(workspace, mirror(workspace));
    }

    private static boolean onPath(String program) {
        String path = System.getenv().getOrDefault("PATH", "");
        return Stream.of(path.split(File.pathSeparator, -1))
                .filter(folder -> !folder.isEmpty())
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    private static String mirror(Path workspace) throws IOException {
        String targets = run(
                workspace,
                List.of(
                        "apt-get",
                        "indextargets",
                        "--format",
                        "$(REPO_URI) $(CODENAME) $(COMPONENT)",
                        "Created-By: Packages"));
        Optional<String> listed = targets.lines()
                .map(line -> line.split(" ", -1))
                .filter(fields -> fields.length == 3
                        && DEBIAN_SUITES.contains(fields[1])
                        && fields[2].equals("main")
                        && !fields[0].contains("security"))
                .map(fields -> fields[0])
                .findFirst();
        if (listed.isPresent()) {
            return listed.get();
        }
        // Before the first `apt-get update` no index is known; the configured sources still are.
        return run(workspace, List.of("apt-get", "update", "--print-uris"))
                .lines()
                .map(INRELEASE::matcher)
                .filter(Matcher::matches)
                .filter(uri -> DEBIAN_SUITES.contains(uri.group("suite")))
                .map(uri -> uri.group("mirror"))
                .findFirst()
                .orElseThrow(
                        () -> CommandFailure.fault(
                                "apt has no Debian mirror configured",
                                "add one to /etc/apt/sources.list (any Debian release, component main), or copy the cache folder from a machine that has the images"));
    }

    /**
     * Downloads and unpacks a package.
     *
     * @return the folder with the package's files
     */
    Path unpack(String packageName, String suite, String architecture) throws IOException {
        Path root = workspace.resolve(suite + "-" + architecture);
        Path debs = root.resolve("debs");
        if (!Files.exists(debs)) {
            Files.createDirectories(root.resolve("lists").resolve("partial"));
            Files.createDirectories(root.resolve("archives").resolve("partial"));
            String signedBy = Files.exists(DEBIAN_KEYS) ? " signed-by=" + DEBIAN_KEYS : "";
            Files.writeString(
                    root.resolve("sources.list"),
                    "deb [arch=" + architecture + signedBy + "] " + mirror + " " + suite + " main\n");
            run(root, aptGet(root, architecture, "update"));
            Files.createDirectory(debs);
        }
        run(debs, aptGet(root, architecture, "download", packageName));
        Path deb;
        try (Stream<Path> files = Files.list(debs)) {
            deb = files.filter(file -> file.getFileName().toString().startsWith(packageName + "_"))
                    .findFirst()
                    .orElseThrow(() -> CommandFailure.fault("apt-get download left no package " + packageName, ""));
        }
        Path files = root.resolve(packageName);
        run(root, List.of("dpkg-deb", "-x", deb.toString(), files.toString()));
        return files;
    }

    private static List<String> aptGet(Path root, String architecture, String... command) {
        List<String> line = new ArrayList<>(List.of(
                "apt-get",
                "-q",
                "-q",
                "-oAPT::Architecture=" + architecture,
                "-oAPT::Architectures=" + architecture,
                "-oAPT::Update::Error-Mode=any",
                "-oDir::State::Lists=" + root.resolve("lists"),
                "-oDir::Etc::SourceList=" + root.resolve("sources.list"),
                "-oDir::Etc::SourceParts=/dev/null",
                "-oDir::Cache::Archives=" + root.resolve("archives"),
                // As root, apt drops to a user of its own that cannot write to this private folder.
                "-oAPT::Sandbox::User=root",
                "-oDir::Cache::pkgcache=",
                "-oDir::Cache::srcpkgcache="));
        line.addAll(List.of(command));
        return line;
    }

    private static String run(Path folder, List<String> command) throws IOException {
        Path errors = Files.createTempFile(folder, "command", ".err");
        try {
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectError(errors.toFile())
                    .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                    .start();
            try {
                String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                if (!process.waitFor(COMMAND_LIMIT_MINUTES, TimeUnit.MINUTES) || process.exitValue() != 0) {
                    throw CommandFailure.fault(
                            command.getFirst() + " " + command.getLast() + " failed: " + tail(errors),
                            "without network: copy the cache folder from a machine that has the images");
                }
                return output;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw CommandFailure.fault(command.getFirst() + " was interrupted", "", e);
            } finally {
                process.destroyForcibly();
            }
        } finally {
            Files.deleteIfExists(errors);
        }
    }

    private static String tail(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file, StandardCharsets.ISO_8859_1);
        return String.join("; ", lines.subList(Math.max(0, lines.size() - 3), lines.size()));
    }
}
