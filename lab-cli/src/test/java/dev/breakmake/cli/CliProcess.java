package dev.breakmake.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The command as a process of its own: for what depends on the environment, on signals or on the exit code of a real process. */
final class CliProcess {

    private static final long PATIENCE_SECONDS = 300;

    /**
     * What became of it.
     *
     * @param exit exit code of the process
     * @param out its standard output
     * @param err its standard error
     */
    record Result(int exit, String out, String err) {}

    private CliProcess() {}

    /** Starts the command; the environment is this process's with the given variables set. */
    static Process start(Map<String, String> environment, Path folder, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.breakmake.cli.Main"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(folder.resolve("stdout").toFile())
                .redirectError(folder.resolve("stderr").toFile());
        builder.environment().putAll(environment);
        return builder.start();
    }

    /** Runs the command to its end; {@code folder} keeps its output. */
    static Result run(Map<String, String> environment, Path folder, String... arguments)
            throws IOException, InterruptedException {
        Process process = start(environment, folder, arguments);
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("breakmake " + String.join(" ", arguments) + " did not end");
            }
            return new Result(process.exitValue(), read(folder, "stdout"), read(folder, "stderr"));
        } finally {
            process.destroyForcibly();
        }
    }

    static String read(Path folder, String name) throws IOException {
        return Files.readString(folder.resolve(name), StandardCharsets.UTF_8);
    }
}
