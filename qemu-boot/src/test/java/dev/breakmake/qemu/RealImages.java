package dev.breakmake.qemu;

import static org.junit.jupiter.api.Assumptions.abort;

import dev.breakmake.qemu.process.QemuException;
import dev.breakmake.qemu.process.QemuInstallation;
import dev.breakmake.translation.event.Architecture;
import java.nio.file.Files;
import java.nio.file.Path;

/** The real Xen images and the QEMU binaries that the tests need; a test that lacks one is skipped with the reason. */
final class RealImages {

    private RealImages() {}

    /** Folder of one image, e.g. {@code 4.17-arm64}, with files {@code xen} and {@code xen-syms}. */
    static Path folder(String name) {
        Path folder = cache().resolve("xen").resolve(name);
        if (!Files.exists(folder.resolve("xen"))) {
            abort("no Xen image at " + folder + ": fetch the images first (BREAKMAKE_CACHE names the cache)");
        }
        return folder;
    }

    static Path xen(String name) {
        return folder(name).resolve("xen");
    }

    static Architecture architecture(String name) {
        return name.endsWith("-armhf") ? Architecture.AARCH32 : Architecture.AARCH64;
    }

    static void needQemu(Architecture architecture) {
        try {
            QemuInstallation.find(architecture, 1, System.getenv("PATH"));
        } catch (QemuException e) {
            abort(String.valueOf(e.getMessage()));
        }
    }

    private static Path cache() {
        String own = System.getenv("BREAKMAKE_CACHE");
        if (own != null) {
            return Path.of(own);
        }
        String xdg = System.getenv("XDG_CACHE_HOME");
        return (xdg != null ? Path.of(xdg) : Path.of(System.getProperty("user.home"), ".cache")).resolve("breakmake");
    }
}
