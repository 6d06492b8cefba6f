package dev.breakmake.lab.runner.spool;

import dev.breakmake.lab.runner.client.SchedulerClient;
import dev.breakmake.lab.runner.domain.AttemptFault;
import dev.breakmake.lab.v1.Cause;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Images by digest. A file in the cache was verified when it came in; the least recently used ones go when the cache is full. */
public final class ImageCache {

    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");
    private static final String COMPANIONS = ".companions";

    private final Path root;
    private final long limitBytes;
    private final SchedulerClient scheduler;
    private final ConcurrentHashMap<String, ReentrantLock> locks = new ConcurrentHashMap<>();

    /** A cache in folder {@code root} of at most about {@code limitBytes}. */
    public ImageCache(Path root, long limitBytes, SchedulerClient scheduler) throws IOException {
        this.root = root;
        this.limitBytes = limitBytes;
        this.scheduler = scheduler;
        Files.createDirectories(root);
    }

    /** An image file and the digests of its companions. */
    public record Cached(Path file, List<String> companions) {}

    /** The image with this digest, fetched for {@code attempt} if it is not here. */
    public Cached get(String sha256, String attempt) throws IOException, AttemptFault, InterruptedException {
        if (!DIGEST.matcher(sha256).matches()) {
            throw new AttemptFault(
                    Cause.CAUSE_CONFIGURATION, "'" + sha256 + "' is no SHA-256: the image of the cell is not resolved");
        }
        ReentrantLock lock = locks.computeIfAbsent(sha256, key -> new ReentrantLock());
        lock.lockInterruptibly();
        try {
            Path file = root.resolve(sha256);
            Path companions = root.resolve(sha256 + COMPANIONS);
            if (!Files.exists(file) || !Files.exists(companions)) {
                fetch(sha256, attempt, file, companions);
            }
            Files.setLastModifiedTime(file, FileTime.fromMillis(System.currentTimeMillis()));
            return new Cached(file, Files.readAllLines(companions));
        } finally {
            lock.unlock();
        }
    }

    private void fetch(String sha256, String attempt, Path file, Path companions)
            throws IOException, AttemptFault, InterruptedException {
        makeRoom();
        Path fresh = root.resolve(sha256 + ".part");
        List<String> names = scheduler.fetchImage(attempt, sha256, fresh);
        String actual = digest(fresh);
        if (!actual.equals(sha256)) {
            Files.deleteIfExists(fresh);
            throw new AttemptFault(
                    Cause.CAUSE_INFRASTRUCTURE,
                    "image " + sha256 + " arrived with digest " + actual + ": it is fetched again");
        }
        Durable.write(companions, String.join("\n", names).getBytes(StandardCharsets.UTF_8));
        Durable.publish(fresh, file);
    }

    private static String digest(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[1 << 16];
            for (int count = in.read(buffer); count > 0; count = in.read(buffer)) {
                digest.update(buffer, 0, count);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private void makeRoom() throws IOException {
        List<Path> images;
        try (Stream<Path> files = Files.list(root)) {
            images = files.filter(file ->
                            DIGEST.matcher(file.getFileName().toString()).matches())
                    .sorted(Comparator.comparingLong(file -> file.toFile().lastModified()))
                    .toList();
        }
        long total = 0;
        for (Path image : images) {
            total += Files.size(image);
        }
        for (Path image : images) {
            if (total <= limitBytes) {
                return;
            }
            total -= Files.size(image);
            // A boot that reads the file keeps its open handle; the next one fetches it again.
            Files.deleteIfExists(image);
            Files.deleteIfExists(image.resolveSibling(image.getFileName() + COMPANIONS));
        }
    }
}
