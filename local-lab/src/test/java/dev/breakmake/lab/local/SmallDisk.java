package dev.breakmake.lab.local;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A file system of a few megabytes that only one process and its children see: it is mounted in a namespace of its own, so that it needs no root and is gone with them.
 * It is filled from outside, as another program on the machine would.
 *
 * @param directory where the process finds it
 * @param mebibytes its size
 */
record SmallDisk(Path directory, int mebibytes) {

    private static final String BALLAST = "ballast";
    private static final int PAGE = 4_096;

    SmallDisk {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** What a process has to be started by to see it. */
    List<String> prefix() {
        boolean root = "root".equals(System.getProperty("user.name"));
        return List.of(
                "unshare",
                root ? "-m" : "-Urm",
                "sh",
                "-c",
                "mount -t tmpfs -o size=" + mebibytes + "m small \"$0\" && exec \"$@\"",
                directory.toString());
    }

    private Path seenBy(long pid) {
        return Path.of("/proc/" + pid + "/root" + directory);
    }

    /** Fills it until at most {@code left} bytes are free. */
    void fill(long pid, long left) throws IOException {
        Path there = seenBy(pid);
        byte[] page = new byte[PAGE];
        try (OutputStream out = Files.newOutputStream(there.resolve(BALLAST))) {
            while (Files.getFileStore(there).getUsableSpace() > left) {
                out.write(page);
            }
        } catch (IOException e) {
            if (left > 0 || !String.valueOf(e.getMessage()).contains("No space")) {
                throw e;
            }
        }
    }

    /** Gives the space back. */
    void empty(long pid) throws IOException {
        Files.deleteIfExists(seenBy(pid).resolve(BALLAST));
    }
}
