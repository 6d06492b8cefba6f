package dev.breakmake.cli.image;

import dev.breakmake.engine.flow.FlowName;
import dev.breakmake.translation.event.Architecture;
import java.util.List;
import java.util.Optional;

/**
 * A Xen hypervisor image in a public Debian package, pinned by digest.
 *
 * @param version Xen release, e.g. {@code 4.17}
 * @param debianArchitecture {@code arm64} or {@code armhf}
 * @param suite Debian release that carries the package
 * @param imagePath the bootable image inside {@code xen-hypervisor-VERSION-ARCH}
 * @param symbolsInOwnPackage whether the symbols are in the {@code -dbg} package rather than beside the image
 * @param symbolsPath the ELF with the symbol table inside its package, compressed if it ends in {@code .gz}
 * @param imageSha256 digest of the bootable image
 * @param symbolsSha256 digest of the uncompressed symbols ELF
 */
public record XenImage(
        String version,
        String debianArchitecture,
        String suite,
        String imagePath,
        boolean symbolsInOwnPackage,
        String symbolsPath,
        String imageSha256,
        String symbolsSha256) {

    /** Every image the product knows; 4.14 and 4.17 are from before the series on TTBR switching, 4.20 from after it. */
    public static final List<XenImage> ALL = List.of(
            new XenImage(
                    "4.14",
                    "arm64",
                    "bullseye",
                    "boot/xen-4.14-arm64",
                    false,
                    "usr/lib/debug/xen-syms-4.14.6.gz",
                    "a7b2124b0fd60073e08b1df670bc3bf00b52366f415970607ca0a08ecff0a03b",
                    "aa77105be27f9435d818dfeff14ee339cd2d7e52948d5333b2c815c5fe1b671e"),
            new XenImage(
                    "4.14",
                    "armhf",
                    "bullseye",
                    "boot/xen-4.14-armhf",
                    false,
                    "usr/lib/debug/xen-syms-4.14.6.gz",
                    "c67c43049dd2cf511fbcaf38739311e015ced68e54f458f019d966eb88680be0",
                    "f8e20e38531ee1abd2ff51b00742c6dbcc4cf22b01ced2e628b0aaa0de63f561"),
            new XenImage(
                    "4.17",
                    "arm64",
                    "bookworm",
                    "boot/xen-4.17-arm64",
                    true,
                    "usr/lib/debug/boot/xen-syms-4.17-arm64",
                    "670df76317cd6b3f2d099f3d7a55b7868c2eca7045e53536e21e3b17e7597d48",
                    "20916a39c47cc33df55acdeb637507e1accbf2b38dfaf614dc8e49d80ca6de7c"),
            new XenImage(
                    "4.17",
                    "armhf",
                    "bookworm",
                    "boot/xen-4.17-armhf",
                    true,
                    "usr/lib/debug/boot/xen-syms-4.17-armhf",
                    "a8682924f6ed3a54588c7bc86412e3e11027d5eebff36f3fc65051e7000dbdd0",
                    "604d881731d7a6bc33901a469fce15e0f5b2da9ba1a702ef231d8ef54a45b10b"),
            new XenImage(
                    "4.20",
                    "arm64",
                    "trixie",
                    "boot/xen-4.20-arm64",
                    true,
                    "usr/lib/debug/boot/xen-syms-4.20-arm64",
                    "c2a39a4c501c4048eb9c751dac55b75fb18e132360dc3ff1e1894502e2873758",
                    "3bb125eb5b686e65b82ad244a6bca60f32180310f5a8d1dd2c1a6fff9bcc6459"));

    /** The name on the command line and in the cache, e.g. {@code 4.17-arm64}. */
    public String name() {
        return version + "-" + debianArchitecture;
    }

    /** The package that holds the bootable image. */
    public String imagePackage() {
        return "xen-hypervisor-" + name();
    }

    /** The package that holds the symbols. */
    public String symbolsPackage() {
        return symbolsInOwnPackage ? imagePackage() + "-dbg" : imagePackage();
    }

    /** Execution state the image runs in. */
    public Architecture architecture() {
        return debianArchitecture.equals("arm64") ? Architecture.AARCH64 : Architecture.AARCH32;
    }

    /** Name of the layout of its address space: the series changed it after 4.17. */
    public String layout() {
        String release = version.equals("4.20") ? "4.20" : "4.17";
        return "xen-%s-%s".formatted(release, FlowName.of(architecture()));
    }

    /** The image of that name. */
    public static Optional<XenImage> named(String name) {
        return ALL.stream().filter(image -> image.name().equals(name)).findFirst();
    }
}
