package dev.breakmake.engine.machine;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.breakmake.engine.symbol.SymbolFileException;
import dev.breakmake.engine.symbol.SymbolTable;
import dev.breakmake.translation.event.AddressRange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Real Xen images in the user's cache, as {@code breakmake} finds them. */
final class XenImages {

    private XenImages() {}

    /** The raw image of a version such as {@code 4.17-arm64}; skips the test, saying so, if it is not there. */
    static byte[] image(final String version) {
        final Path file = cache().resolve("xen").resolve(version).resolve("xen");
        assumeTrue(
                Files.isReadable(file),
                () -> "real Xen image absent: " + file + " (fetch it into the breakmake cache)");
        try {
            return Files.readAllBytes(file);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Symbols of a version, for the addresses it is linked at and the place QEMU's loader puts it. */
    static SymbolTable symbols(final String version) {
        final Path file = cache().resolve("xen").resolve(version).resolve("xen-syms");
        assumeTrue(Files.isReadable(file), () -> "symbols of real Xen absent: " + file);
        try {
            final SymbolTable table = SymbolTable.read(Files.readAllBytes(file));
            final long loaded = version.endsWith("armhf") ? 0x4001_0000L : 0x4020_0000L;
            final long linked = table.address("_start").orElse(loaded);
            return table.withAlias(new AddressRange(loaded, loaded + (2 << 20)), linked);
        } catch (final IOException | SymbolFileException e) {
            throw new IllegalStateException("cannot read " + file, e);
        }
    }

    private static Path cache() {
        final String own = System.getenv("BREAKMAKE_CACHE");
        if (own != null && !own.isBlank()) {
            return Path.of(own);
        }
        final String shared = System.getenv("XDG_CACHE_HOME");
        final Path base = shared != null && !shared.isBlank()
                ? Path.of(shared)
                : Path.of(System.getProperty("user.home"), ".cache");
        return base.resolve("breakmake");
    }
}
