package dev.breakmake.engine.platform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** External programs that serve as oracles; a test that needs one is skipped with its name when it is not installed. */
public final class Tools {

    private Tools() {}

    /** Skips the calling test unless the program is on the path. */
    public static void need(String program) {
        boolean present = Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
        Assumptions.assumeTrue(present, "program '" + program + "' is not installed");
    }

    /** Runs a program to its end and returns what it printed on both streams; fails unless it succeeds. */
    public static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        int status = process.waitFor();
        if (status != 0) {
            throw new AssertionError(Arrays.toString(command) + " ended with " + status + ":\n" + output);
        }
        return output;
    }
}
