package dev.breakmake.qemu.process;

import dev.breakmake.translation.event.Architecture;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A stock QEMU system emulator on this machine.
 *
 * @param binary absolute path
 */
public record QemuInstallation(Path binary) {

    /** Above this guest memory qemu-system-arm 7.2 takes wrong permission faults on tables above 4 GiB. */
    private static final long AARCH32_BINARY_MEMORY_LIMIT = 3L << 30;

    private static final int PROBE_SECONDS = 20;
    private static final Pattern VERSION = Pattern.compile("version (\\d+\\.\\d+\\.\\d+)");

    /** Finds the emulator for an architecture and memory size in the folders of a {@code PATH}-like list. */
    public static QemuInstallation find(Architecture architecture, long memoryBytes, @Nullable String path)
            throws QemuException {
        String name = binaryName(architecture, memoryBytes);
        for (String folder : (path == null ? "" : path).split(File.pathSeparator, -1)) {
            Path candidate = Path.of(folder).resolve(name);
            if (!folder.isEmpty() && Files.isExecutable(candidate) && !Files.isDirectory(candidate)) {
                return new QemuInstallation(candidate.toAbsolutePath());
            }
        }
        throw new QemuException(
                QemuException.Kind.MISSING_BINARY,
                "no %s in PATH (%s): install QEMU 7.2 or newer (Debian: apt install qemu-system-arm) or name the binary"
                        .formatted(name, path == null || path.isEmpty() ? "empty" : path));
    }

    /** The emulator at that path. */
    public static QemuInstallation at(Path binary) throws QemuException {
        if (!Files.isExecutable(binary) || Files.isDirectory(binary)) {
            throw new QemuException(
                    QemuException.Kind.MISSING_BINARY,
                    "%s is %s: name the qemu-system binary itself"
                            .formatted(binary, Files.exists(binary) ? "not an executable file" : "not there"));
        }
        return new QemuInstallation(binary.toAbsolutePath());
    }

    /** Name of the binary that runs such a guest. */
    public static String binaryName(Architecture architecture, long memoryBytes) {
        return architecture == Architecture.AARCH64 || memoryBytes > AARCH32_BINARY_MEMORY_LIMIT
                ? "qemu-system-aarch64"
                : "qemu-system-arm";
    }

    /** Asks the binary for its version. */
    public String version() throws IOException {
        String text = run("--version");
        Matcher matcher = VERSION.matcher(text);
        if (!matcher.find()) {
            throw new QemuException(
                    QemuException.Kind.MISSING_BINARY,
                    "%s --version printed no QEMU version: '%s'"
                            .formatted(binary, text.lines().findFirst().orElse("")));
        }
        return matcher.group(1);
    }

    /** Asks the binary for the machines it can emulate. */
    public Set<String> machines() throws IOException {
        Set<String> names = new TreeSet<>();
        run("-machine", "help")
                .lines()
                .skip(1)
                .map(line -> line.split("\\s+", 2)[0])
                .forEach(names::add);
        return names;
    }

    private String run(String... arguments) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(binary.toString());
        for (String argument : arguments) {
            builder.command().add(argument);
        }
        Process process = builder.redirectErrorStream(true)
                .redirectInput(new File("/dev/null"))
                .start();
        try (InputStream output = process.getInputStream()) {
            String text = new String(output.readNBytes(1 << 20), StandardCharsets.UTF_8);
            if (!process.waitFor(PROBE_SECONDS, TimeUnit.SECONDS)) {
                throw new QemuException(
                        QemuException.Kind.ENVIRONMENT,
                        "%s %s did not end within %d s".formatted(binary, String.join(" ", arguments), PROBE_SECONDS));
            }
            return text;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new QemuException(QemuException.Kind.ENVIRONMENT, "interrupted while asking " + binary);
        } finally {
            process.destroyForcibly();
        }
    }
}
