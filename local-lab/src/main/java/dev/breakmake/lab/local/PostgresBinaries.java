package dev.breakmake.lab.local;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** PostgreSQL's programs, unpacked once per version. */
final class PostgresBinaries {

    private PostgresBinaries() {}

    /**
     * The folder with {@code bin}, {@code lib} and {@code share} of the PostgreSQL in this program's jars, unpacked below {@code parent} if it is not yet.
     * Labs that come at the same time wait for the first one.
     */
    static Path unpack(Path parent) throws LabFailure {
        URL archive = archive();
        try {
            Path home = parent.resolve("postgresql-" + checksum(archive));
            if (!Files.exists(home)) {
                Files.createDirectories(parent);
                unpackAlone(archive, home);
            }
            return home;
        } catch (IOException e) {
            throw new LabFailure("cannot unpack PostgreSQL into " + parent + ": " + e, e);
        }
    }

    private static void unpackAlone(URL archive, Path home) throws IOException {
        try (FileChannel channel = FileChannel.open(
                        home.resolveSibling("postgresql.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock _ = channel.lock()) {
            if (Files.exists(home)) {
                return;
            }
            Path fresh = home.resolveSibling(home.getFileName() + ".new");
            deleteTree(fresh);
            unpack(archive, fresh);
            Files.move(fresh, home, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private static URL archive() throws LabFailure {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String machine = System.getProperty("os.arch").equals("amd64") ? "x86_64" : System.getProperty("os.arch");
        URL found = PostgresBinaries.class.getResource("/postgres-" + system + "-" + machine + ".txz");
        if (found == null) {
            throw new LabFailure("there is no PostgreSQL for " + system + " on " + machine
                    + " among the lab's jars: run one yourself and set breakmake.lab.database.url and"
                    + " breakmake.trace-database.url");
        }
        return found;
    }

    /** Tells versions apart without reading 15 MB at every start: the jar's directory has the checksum. */
    private static String checksum(URL archive) throws IOException {
        if (archive.openConnection() instanceof JarURLConnection jar) {
            return Long.toHexString(jar.getJarEntry().getCrc());
        }
        throw new IOException(archive + " is not in a jar");
    }

    private static void unpack(URL archive, Path target) throws IOException {
        try (TarArchiveInputStream tar = new TarArchiveInputStream(
                new BufferedInputStream(new XZInputStream(new BufferedInputStream(archive.openStream()))))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path file = target.resolve(entry.getName()).normalize();
                if (!file.startsWith(target)) {
                    throw new IOException("the archive names a file outside itself: " + entry.getName());
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(file);
                    continue;
                }
                Files.createDirectories(Objects.requireNonNull(file.getParent()));
                if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
                } else if (entry.isLink()) {
                    Files.createLink(file, target.resolve(entry.getLinkName()));
                } else {
                    Files.copy(tar, file);
                    boolean executable = (entry.getMode() & 0100) != 0;
                    Files.setPosixFilePermissions(
                            file, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
                }
            }
        }
    }

    static void deleteTree(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        List<Path> files;
        try (Stream<Path> walk = Files.walk(directory)) {
            files = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : files) {
            Files.deleteIfExists(file);
        }
    }
}
