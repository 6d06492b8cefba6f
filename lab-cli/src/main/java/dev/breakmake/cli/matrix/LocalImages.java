package dev.breakmake.cli.matrix;

import dev.breakmake.cli.CommandFailure;
import dev.breakmake.cli.image.ImageCache;
import dev.breakmake.cli.image.XenImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** What an image tag of a job file stands for on this machine. */
public final class LocalImages {

    private static final String PREFIX = "xen-";

    private final Path base;
    private final ImageCache cache;
    private final Map<String, LocalImage> known = new ConcurrentHashMap<>();

    /**
     * An image on this machine.
     *
     * @param name its tag
     * @param file the image file
     * @param sha256 its digest
     * @param companions its symbol files
     */
    public record LocalImage(String name, Path file, String sha256, List<Path> companions) {}

    /**
     * Images of this machine.
     *
     * @param base folder that relative paths start from: the job file's
     */
    public LocalImages(Path base, ImageCache cache) {
        this.base = base;
        this.cache = cache;
    }

    /** The fetched image a tag such as {@code xen-4.17-arm64} or {@code 4.17-arm64} names, in the cache or not. */
    public static Optional<XenImage> fetched(String tag) {
        return XenImage.named(tag.startsWith(PREFIX) ? tag.substring(PREFIX.length()) : tag);
    }

    /** The tag of a fetched image in a lab. */
    public static String tag(XenImage image) {
        return PREFIX + image.name();
    }

    /**
     * The image a tag stands for: a fetched one, or a file (with {@code FILE-syms} beside it as its symbols).
     *
     * @throws CommandFailure if there is none
     */
    public LocalImage of(String tag) throws IOException {
        LocalImage image = known.get(tag);
        if (image == null) {
            image = find(tag);
            known.put(tag, image);
        }
        return image;
    }

    private LocalImage find(String tag) throws IOException {
        Optional<XenImage> xen = fetched(tag);
        if (xen.isPresent()) {
            Path file = cache.file(xen.get(), ImageCache.IMAGE);
            Path symbols = cache.file(xen.get(), ImageCache.SYMBOLS);
            if (!Files.isReadable(file)) {
                throw CommandFailure.usage(
                        "image '" + tag + "' is not in the cache",
                        "get it with: breakmake image fetch " + xen.get().name());
            }
            return image(tag, file, symbols);
        }
        Path file = base.resolve(tag);
        if (!Files.isRegularFile(file)) {
            throw CommandFailure.usage(
                    "image '" + tag + "' is neither a fetched image nor a file (" + file + ")",
                    "breakmake image ls lists the fetched ones; paths start at the folder of the job file");
        }
        return image(tag, file, file.resolveSibling(file.getFileName() + "-syms"));
    }

    private static LocalImage image(String tag, Path file, Path symbols) throws IOException {
        return new LocalImage(
                tag, file, ImageCache.sha256(file), Files.isReadable(symbols) ? List.of(symbols) : List.of());
    }
}
