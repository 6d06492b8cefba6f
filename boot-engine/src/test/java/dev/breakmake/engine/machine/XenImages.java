package dev.breakmake.engine.machine;

import dev.breakmake.engine.symbol.SymbolFileException;
import dev.breakmake.engine.symbol.SymbolTable;
import dev.breakmake.testkit.RealImages;
import dev.breakmake.translation.event.AddressRange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;

/** Contents of the real Xen images, and their symbols where QEMU's loader puts them. */
final class XenImages {

    private XenImages() {}

    /** The raw image of a version such as {@code 4.17-arm64}; skips the test, saying so, if it is not there. */
    static byte[] image(final String version) {
        return file(version, "xen");
    }

    /** A file of a version: {@code xen}, {@code xen-syms} or {@code xen.map}; skips the test, saying so, if it is not there. */
    static byte[] file(final String version, final String name) {
        try {
            return Files.readAllBytes(RealImages.require(version, name));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Symbols of a version, for the addresses it is linked at and the place QEMU's loader puts it. */
    static SymbolTable symbols(final String version) {
        final byte[] file = file(version, "xen-syms");
        try {
            final SymbolTable table = SymbolTable.read(file);
            final long loaded = version.endsWith("armhf") ? 0x4001_0000L : 0x4020_0000L;
            final long linked = table.address("_start").orElse(loaded);
            return table.withAlias(new AddressRange(loaded, loaded + (2 << 20)), linked);
        } catch (final SymbolFileException e) {
            throw new IllegalStateException("cannot read the symbols of " + version, e);
        }
    }
}
