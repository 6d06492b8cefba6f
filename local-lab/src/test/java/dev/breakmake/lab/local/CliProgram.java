package dev.breakmake.lab.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The {@code breakmake} command as people start it: a process of its own, which finds the lab's program in the tree. */
final class CliProgram {

    private static final long PATIENCE_MINUTES = 10;

    /**
     * What became of it.
     *
     * @param exit exit code of the process
     * @param out its standard output
     * @param err its standard error
     */
    record Result(int exit, String out, String err) {
        String lastLine() {
            return out.lines().reduce("", (first, second) -> second);
        }

        @Override
        public String toString() {
            return "exit " + exit + "\n" + out + err;
        }
    }

    private final Path directory;

    /** A command whose lab and output live in {@code directory}. */
    CliProgram(Path directory) {
        this.directory = directory;
    }

    Result run(String... arguments) throws IOException, InterruptedException {
        return run(Map.of(), arguments);
    }

    /** Runs the command to its end with further variables in its environment. */
    Result run(Map<String, String> environment, String... arguments) throws IOException, InterruptedException {
        Path jar = ServiceProcess.built("lab-cli/target/lab-cli.jar");
        List<String> command = new ArrayList<>(List.of(
                ServiceProcess.jdk("java"),
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                jar + ":" + jar.resolveSibling("lib") + "/*",
                "dev.breakmake.cli.Main"));
        command.addAll(List.of(arguments));
        Path out = directory.resolve("cli.out");
        Path err = directory.resolve("cli.err");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().put("BREAKMAKE_HOME", ServiceProcess.tree().toString());
        builder.environment().put("BREAKMAKE_LAB_HOME", directory.resolve("lab").toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            if (!process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
                throw new IOException("breakmake " + String.join(" ", arguments) + " did not end");
            }
            return new Result(process.exitValue(), read(out), read(err));
        } finally {
            process.destroyForcibly();
        }
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.UTF_8);
    }
}
