package dev.breakmake.cli.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.testkit.RealImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageCacheTest {

    private static final XenImage XEN_417 = XenImage.named("4.17-arm64").orElseThrow();

    @Test
    void theFolderComesFromTheOwnVariableThenXdgThenHome() {
        assertThat(ImageCache.cacheFolder(Map.of("BREAKMAKE_CACHE", "/a", "XDG_CACHE_HOME", "/b", "HOME", "/c")))
                .isEqualTo(Path.of("/a"));
        assertThat(ImageCache.cacheFolder(Map.of("XDG_CACHE_HOME", "/b", "HOME", "/c")))
                .isEqualTo(Path.of("/b/breakmake"));
        assertThat(ImageCache.cacheFolder(Map.of("XDG_CACHE_HOME", "", "HOME", "/c")))
                .isEqualTo(Path.of("/c/.cache/breakmake"));
    }

    @Test
    void aFileWithOtherContentIsNotTheImage(@TempDir Path folder) throws IOException {
        ImageCache cache = new ImageCache(folder);
        assertThat(cache.holds(XEN_417)).isFalse();
        Files.createDirectories(folder.resolve("4.17-arm64"));
        Files.writeString(cache.file(XEN_417, ImageCache.IMAGE), "not Xen");
        Files.writeString(cache.file(XEN_417, ImageCache.SYMBOLS), "not Xen");
        assertThat(cache.holds(XEN_417)).isFalse();
    }

    @Test
    void theFetchedImagesAreThePinnedOnes() throws IOException {
        for (XenImage image : XenImage.ALL) {
            RealImages.require(image.name(), "xen");
            assertThat(new ImageCache(RealImages.folder()).holds(image))
                    .as(image.name())
                    .isTrue();
        }
    }

    @Test
    void namesAreUniqueAndDigestsAreSha256() {
        assertThat(XenImage.ALL).extracting(XenImage::name).doesNotHaveDuplicates();
        assertThat(XenImage.ALL)
                .flatExtracting(image -> java.util.List.of(image.imageSha256(), image.symbolsSha256()))
                .allMatch(digest -> digest.matches("[0-9a-f]{64}"))
                .doesNotHaveDuplicates();
    }
}
