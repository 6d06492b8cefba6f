package dev.breakmake.cli.boot;

import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads files at once. */
public final class WholeFile {

    private WholeFile() {}

    /**
     * What {@link Files#readAllBytes} gives, errors included, without its native memory of the file's size for the time: the pages of that cost a
     * short process more than the reading.
     */
    public static byte[] read(Path file) throws IOException {
        try (InputStream in = new FileInputStream(file.toFile())) {
            return in.readAllBytes();
        } catch (FileNotFoundException e) {
            return Files.readAllBytes(file); // fails, too, and by its type says why
        }
    }
}
