package dev.breakmake.cli.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;

/**
 * The folder outside the tree where images are kept: {@code <cache>/xen/<version>-<architecture>/}.
 *
 * @param folder the {@code xen} folder, whether it exists or not
 */
public record ImageCache(Path folder) {

    /** Name of the bootable image in an image's folder. */
    public static final String IMAGE = "xen";

    /** Name of the ELF with the symbol table. */
    public static final String SYMBOLS = "xen-syms";

    /** Name of the linker's symbol list. */
    public static final String MAP = "xen.map";

    /** The cache of this user: {@code BREAKMAKE_CACHE}, else {@code $XDG_CACHE_HOME/breakmake}, else {@code ~/.cache/breakmake}. */
    public static ImageCache ofUser() {
        return new ImageCache(cacheFolder(System.getenv()).resolve("xen"));
    }

    static Path cacheFolder(Map<String, String> environment) {
        String own = environment.getOrDefault("BREAKMAKE_CACHE", "");
        if (!own.isEmpty()) {
            return Path.of(own);
        }
        String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
        String home = environment.getOrDefault("HOME", System.getProperty("user.home"));
        return (xdg.isEmpty() ? Path.of(home, ".cache") : Path.of(xdg)).resolve("breakmake");
    }

    /** A file of an image, whether it exists or not. */
    public Path file(XenImage image, String name) {
        return folder.resolve(image.name()).resolve(name);
    }

    /** Whether image and symbols are there and are the pinned ones. */
    public boolean holds(XenImage image) throws IOException {
        return matches(file(image, IMAGE), image.imageSha256()) && matches(file(image, SYMBOLS), image.symbolsSha256());
    }

    private static boolean matches(Path file, String sha256) throws IOException {
        return Files.isReadable(file) && sha256(file).equals(sha256);
    }

    /** SHA-256 of a file as lower-case hexadecimal digits. */
    public static String sha256(Path file) throws IOException {
        MessageDigest digest = sha256();
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
            in.transferTo(java.io.OutputStream.nullOutputStream());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** SHA-256 of bytes as lower-case hexadecimal digits. */
    public static String sha256(byte[] bytes) {
        return HexFormat.of().formatHex(sha256().digest(bytes));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
