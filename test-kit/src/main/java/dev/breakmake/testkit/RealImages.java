package dev.breakmake.testkit;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** The real Xen images that {@code ./breakmake image fetch} puts into the cache. */
public final class RealImages {

    private RealImages() {}

    /**
     * A file of an image, or the end of the calling test as skipped, with what to do about it.
     *
     * @param name version and architecture, e.g. {@code 4.17-arm64}
     * @param file {@code xen} (the image that boots), {@code xen-syms} (ELF with symbols) or {@code xen.map}
     */
    public static Path require(String name, String file) {
        Path path = folder().resolve(name).resolve(file);
        Assumptions.assumeTrue(
                Files.isReadable(path), () -> "needs the Xen image " + name + ": ./breakmake image fetch");
        return path;
    }

    /** The folder that holds one subfolder per image, whether it exists or not. */
    public static Path folder() {
        String own = System.getenv("BREAKMAKE_CACHE");
        if (own != null && !own.isEmpty()) {
            return Path.of(own, "xen");
        }
        String xdg = System.getenv("XDG_CACHE_HOME");
        String home = System.getenv("HOME");
        Path caches = xdg != null && !xdg.isEmpty()
                ? Path.of(xdg)
                : Path.of(home != null ? home : System.getProperty("user.home"), ".cache");
        return caches.resolve("breakmake").resolve("xen");
    }
}
