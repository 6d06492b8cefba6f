package dev.breakmake.cli.image;

import dev.breakmake.cli.CommandFailure;
import dev.breakmake.cli.Folders;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** Fills the cache from Debian packages; what is not the pinned build never gets in. */
public final class ImageFetcher implements AutoCloseable {

    private final ImageCache cache;
    private final Path workspace;
    private final Apt apt;

    private ImageFetcher(ImageCache cache, Path workspace, Apt apt) {
        this.cache = cache;
        this.workspace = workspace;
        this.apt = apt;
    }

    /** Prepares a private workspace beside the images; {@link #close()} removes it. */
    public static ImageFetcher into(ImageCache cache) throws IOException {
        Files.createDirectories(cache.folder());
        Path workspace = Files.createTempDirectory(cache.folder(), ".fetch");
        try {
            return new ImageFetcher(cache, workspace, Apt.in(workspace));
        } catch (IOException | RuntimeException e) {
            Folders.delete(workspace);
            throw e;
        }
    }

    /**
     * Downloads one image with its symbols, checks both digests, and only then moves them into the cache.
     *
     * @throws CommandFailure if it cannot be had or is another build than the pinned one
     */
    public void fetch(XenImage image) throws IOException {
        Path imageFiles = apt.unpack(image.imagePackage(), image.suite(), image.debianArchitecture());
        Path symbolFiles = image.symbolsInOwnPackage()
                ? apt.unpack(image.symbolsPackage(), image.suite(), image.debianArchitecture())
                : imageFiles;
        place(image, imageFiles.resolve(image.imagePath()), ImageCache.IMAGE, Optional.of(image.imageSha256()));
        place(image, symbolFiles.resolve(image.symbolsPath()), ImageCache.SYMBOLS, Optional.of(image.symbolsSha256()));
        Optional<Path> map = mapFile(symbolFiles).or(() -> mapFile(imageFiles));
        if (map.isPresent()) {
            place(image, map.get(), ImageCache.MAP, Optional.empty());
        }
    }

    private static Optional<Path> mapFile(Path files) {
        Path debug = files.resolve("usr").resolve("lib").resolve("debug");
        if (!Files.isDirectory(debug)) {
            return Optional.empty();
        }
        try (Stream<Path> found = Files.walk(debug, 2)) {
            return found.filter(file -> file.getFileName().toString().matches(".*\\.map(\\.gz)?"))
                    .min(Comparator.naturalOrder());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void place(XenImage image, Path source, String name, Optional<String> sha256) throws IOException {
        Path unpacked = workspace.resolve(image.name() + "." + name);
        try (InputStream in = open(source)) {
            Files.copy(in, unpacked, StandardCopyOption.REPLACE_EXISTING);
        }
        String actual = ImageCache.sha256(unpacked);
        if (sha256.isPresent() && !sha256.get().equals(actual)) {
            throw CommandFailure.fault(
                    image.name() + "/" + name + " is not the pinned build: SHA-256 " + actual + ", expected "
                            + sha256.get(),
                    "Debian " + image.suite()
                            + " carries another build now; it was not kept. A newer breakmake may pin it.");
        }
        Path target = cache.file(image, name);
        Files.createDirectories(target.getParent());
        Files.move(unpacked, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    private static InputStream open(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw CommandFailure.fault(
                    "the package has no file " + file.getFileName(), "a newer breakmake may know its new place");
        }
        InputStream in = Files.newInputStream(file);
        return file.toString().endsWith(".gz") ? new GZIPInputStream(in) : in;
    }

    @Override
    public void close() throws IOException {
        Folders.delete(workspace);
    }
}
