package dev.breakmake.engine.platform;

import java.io.IOException;
import java.util.Arrays;

/** Runs external programs that serve as oracles. */
public final class Tools {

    private Tools() {}

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
