package dev.breakmake.translation.layout;

import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.register.Granule;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

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
 * purpose up to the end of the line.
 */
public final class LayoutFile {
    /** Names of the layouts that come with this library. */
    public static final List<String> BUNDLED =
            List.of("xen-4.17-arm64", "xen-4.18-arm64", "xen-4.20-arm64", "xen-4.17-arm32", "xen-4.20-arm32");

    private final String file;
    private String name = "";
    private Architecture architecture = Architecture.AARCH64;
    private Granule granule = Granule.K4;
    private int addressBits = 48;
    private int clashLevel = 2;
    private final List<Region> regions = new ArrayList<>();

    private LayoutFile(String file) {
        this.file = file;
    }

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
     * @throws LayoutException with file and line of the first thing wrong
     */
    public static Layout read(String file, Reader in) throws IOException {
        LayoutFile parser = new LayoutFile(file);
        BufferedReader lines = new BufferedReader(in);
        int number = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            number++;
            int comment = line.indexOf('#');
            String statement = (comment < 0 ? line : line.substring(0, comment)).strip();
            if (!statement.isEmpty()) {
                parser.statement(number, statement);
            }
        }
        if (parser.name.isEmpty() || parser.regions.isEmpty()) {
            throw parser.error(number, "a layout needs a 'layout NAME' line and at least one region");
        }
        return new Layout(
                parser.name,
                parser.architecture,
                parser.granule,
                parser.addressBits,
                parser.clashLevel,
                parser.regions);
    }

    /** A layout file that cannot be read. */
    public static final class LayoutException extends IOException {
        LayoutException(String message) {
            super(message);
        }
    }

    private LayoutException error(int line, String message) {
        return new LayoutException(file + ":" + line + ": " + message);
    }

    private void statement(int line, String statement) throws LayoutException {
        String[] words = statement.split("\\s+", 6);
        if (words.length < 2) {
            throw error(line, "'" + words[0] + "' needs a value");
        }
        switch (words[0]) {
            case "layout" -> name = words[1];
            case "architecture" ->
                architecture = switch (words[1]) {
                    case "aarch64" -> Architecture.AARCH64;
                    case "aarch32" -> Architecture.AARCH32;
                    default -> throw error(line, "architecture must be aarch64 or aarch32, not " + words[1]);
                };
            case "granule" ->
                granule = switch (words[1]) {
                    case "4KiB" -> Granule.K4;
                    case "16KiB" -> Granule.K16;
                    case "64KiB" -> Granule.K64;
                    default -> throw error(line, "granule must be 4KiB, 16KiB or 64KiB, not " + words[1]);
                };
            case "address-bits" -> addressBits = (int) number(line, words[1], 32, 52);
            case "clash-level" -> clashLevel = (int) number(line, words[1], 0, 3);
            case "region" -> regions.add(region(line, words));
            default -> throw error(line, "unknown statement '" + words[0] + "'");
        }
    }

    private Region region(int line, String[] words) throws LayoutException {
        if (words.length < 5) {
            throw error(line, "a region is: region NAME KIND START SIZE [PURPOSE]");
        }
        Region.Kind kind = null;
        for (Region.Kind candidate : Region.Kind.values()) {
            if (candidate.name().toLowerCase(Locale.ROOT).equals(words[2])) {
                kind = candidate;
            }
        }
        if (kind == null) {
            throw error(line, "unknown kind of region '" + words[2] + "'");
        }
        long start = size(line, words[3]);
        long size = size(line, words[4]);
        if (size < 1 || start > (1L << 56) - size) {
            throw error(
                    line, "region %s at 0x%x with 0x%x bytes leaves the 56-bit space".formatted(words[1], start, size));
        }
        return new Region(words[1], new AddressRange(start, start + size), kind, words.length > 5 ? words[5] : "");
    }

    /** A hexadecimal number with 0x, or a decimal one with a unit: {@code 8MiB}, {@code 2TiB}. */
    private long size(int line, String text) throws LayoutException {
        if (text.startsWith("0x")) {
            try {
                long value = Long.parseLong(text, 2, text.length(), 16);
                if (value >= 0 && value <= 1L << 56) {
                    return value;
                }
            } catch (NumberFormatException e) {
                throw error(line, "'" + text + "' is no hexadecimal number");
            }
            throw error(line, "'" + text + "' is larger than 2^56");
        }
        String[] units = {"KiB", "MiB", "GiB", "TiB"};
        for (int i = 0; i < units.length; i++) {
            if (text.endsWith(units[i])) {
                return number(line, text.substring(0, text.length() - 3), 0, 1L << 16) << (10 * (i + 1));
            }
        }
        return number(line, text, 0, 1L << 56);
    }

    private long number(int line, String text, long least, long most) throws LayoutException {
        try {
            long value = Long.parseLong(text);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw error(line, "'" + text + "' is no number; sizes are 0x..., or end in KiB, MiB, GiB, TiB");
        }
        throw error(line, "'%s' must be %d to %d".formatted(text, least, most));
    }
}
