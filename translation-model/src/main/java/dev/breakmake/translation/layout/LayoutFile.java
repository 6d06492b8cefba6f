package dev.breakmake.translation.layout;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Reads layout files: one statement per line, {@code #} starts a comment.
 *
 * <pre>
 * layout xen-4.20-arm64
 * architecture aarch64
 * granule 4KiB
 * address-bits 48
 * clash-level 2
 * region XEN image 0xa0000200000 8MiB text, data, bss
 * </pre>
 *
 * A region gives name, kind ({@code image}, {@code runtime}, {@code identity}, {@code temporary}, {@code late}), start, size and a
 * purpose up to the end of the line. docs/layouts.md describes every statement.
 */
public final class LayoutFile {
    /** Names of the layouts that come with this library. */
    public static final List<String> BUNDLED =
            List.of("xen-4.17-arm64", "xen-4.18-arm64", "xen-4.20-arm64", "xen-4.17-arm32", "xen-4.20-arm32");

    private LayoutFile() {}

    /** A layout that comes with this library, by one of the {@link #BUNDLED} names. */
    public static Layout bundled(String name) {
        if (!BUNDLED.contains(name)) {
            throw new IllegalArgumentException("no bundled layout '%s'; there are %s".formatted(name, BUNDLED));
        }
        try (InputStream in = LayoutFile.class.getResourceAsStream(name + ".layout")) {
            if (in == null) {
                throw new IllegalStateException("layout " + name + " is missing from the library");
            }
            return read(name, new InputStreamReader(in, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IllegalStateException("layout " + name + " in the library cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Reads a layout.
     *
     * @param file its name for messages
     * @throws LayoutException with file, line and column of everything wrong: what cannot be read, and regions that overlap, wrap, are
     *     not aligned or leave the address space
     */
    public static Layout read(String file, Reader in) throws IOException {
        LayoutParser parser = new LayoutParser(file);
        BufferedReader lines = new BufferedReader(in);
        int number = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            parser.line(++number, line);
        }
        return parser.finish(number);
    }

    /** A layout file that cannot be used. */
    public static final class LayoutException extends IOException {
        private static final long serialVersionUID = 1L;

        private final transient List<String> errors;

        LayoutException(List<String> errors) {
            super(String.join("\n", errors));
            this.errors = List.copyOf(errors);
        }

        /** Everything wrong, as {@code file:line:column: what}. */
        public List<String> errors() {
            return errors;
        }
    }
}
