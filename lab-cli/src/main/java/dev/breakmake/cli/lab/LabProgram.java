package dev.breakmake.cli.lab;

import dev.breakmake.cli.CommandFailure;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The lab's program and how to start it.
 *
 * @param jar its runnable jar
 */
public record LabProgram(Path jar) {

    /** Finds it where the launcher or a build put it. */
    public static LabProgram find() {
        String home = System.getenv().getOrDefault("BREAKMAKE_HOME", "");
        List<Path> places = List.of(
                Path.of(home, ".breakmake", "dist", "lab", "quarkus-run.jar"),
                Path.of(home, "local-lab", "target", "quarkus-app", "quarkus-run.jar"));
        return places.stream()
                .filter(Files::exists)
                .findFirst()
                .map(LabProgram::new)
                .orElseThrow(() -> CommandFailure.fault(
                        "the lab is not built; looked for " + places.get(0) + " and " + places.get(1),
                        home.isEmpty()
                                ? "start this by the launcher ./breakmake, which sets BREAKMAKE_HOME"
                                : "build it: ./breakmake build"));
    }

    /**
     * The command line that runs the lab with these system properties ({@code key=value}).
     *
     * @param cache the start-up cache to use or to make
     */
    public List<String> command(LabFolder folder, StartupCache cache, List<String> properties, String... arguments) {
        List<String> command = new ArrayList<>(java());
        command.addAll(cache.options());
        command.add("-Dbreakmake.lab.home=" + folder.root());
        properties.forEach(property -> command.add("-D" + property));
        command.addAll(List.of("-jar", jar.toString()));
        command.addAll(List.of(arguments));
        return command;
    }

    private static List<String> java() {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                // Translated code calls more than HotSpot would copy into it (decision 520).
                "-XX:+IgnoreUnrecognizedVMOptions",
                "-XX:-ClipInlining",
                "--sun-misc-unsafe-memory-access=allow"));
        String more =
                System.getenv().getOrDefault("BREAKMAKE_LAB_JAVA_OPTIONS", "").strip();
        if (!more.isEmpty()) {
            command.addAll(List.of(more.split("\\s+", -1)));
        }
        return command;
    }

    /** {@code setsid}, if this machine has it: the lab then survives the terminal it was started from. */
    static List<String> ownSession() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .filter(place -> !place.isEmpty())
                .map(place -> Path.of(place, "setsid"))
                .filter(Files::isExecutable)
                .findFirst()
                .map(found -> List.of(found.toString()))
                .orElse(List.of());
    }

    /** Stops a database that a killed lab left running; returns whether there was one. */
    public boolean stopDatabase(LabFolder folder) throws IOException, InterruptedException {
        if (!Files.exists(folder.databasePid())) {
            return false;
        }
        Process process = new ProcessBuilder(command(folder, StartupCache.NONE, List.of(), "stop-database"))
                .redirectInput(new File("/dev/null"))
                .start();
        String out = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        String err = new String(process.getErrorStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw CommandFailure.fault("the lab's database cannot be stopped: " + err.strip(), "see " + folder.root());
        }
        return out.contains("stopped");
    }
}
