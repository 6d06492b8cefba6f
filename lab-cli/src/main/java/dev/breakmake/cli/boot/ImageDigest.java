package dev.breakmake.cli.boot;

import dev.breakmake.cli.image.ImageCache;
import org.jspecify.annotations.Nullable;

/** SHA-256 of an image file, worked out when a report first shows it: the one on a terminal does not. */
public final class ImageDigest {

    private final byte[] file;
    private @Nullable String hex;

    private ImageDigest(byte[] file, @Nullable String hex) {
        this.file = file;
        this.hex = hex;
    }

    /** Of the bytes of an image file, which are not changed any more. */
    public static ImageDigest of(byte[] file) {
        return new ImageDigest(file, null);
    }

    /** A digest that is known, in lower-case hexadecimal digits; empty where nobody knows it. */
    public static ImageDigest known(String hex) {
        return new ImageDigest(new byte[0], hex);
    }

    /** The digest in lower-case hexadecimal digits. */
    public synchronized String hex() {
        if (hex == null) {
            hex = ImageCache.sha256(file);
        }
        return hex;
    }
}
