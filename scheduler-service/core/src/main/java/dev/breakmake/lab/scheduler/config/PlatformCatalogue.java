package dev.breakmake.lab.scheduler.config;

import dev.breakmake.lab.scheduler.document.MessageReader;
import dev.breakmake.lab.scheduler.document.YamlDocument;
import dev.breakmake.lab.v1.ListPlatformsResponse;
import dev.breakmake.lab.v1.Platform;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The machine definitions the lab knows: data, in {@code breakmake/platforms.yaml}. */
final class PlatformCatalogue {

    private static final String RESOURCE = "/breakmake/platforms.yaml";

    private PlatformCatalogue() {}

    static List<Platform> load() {
        try (InputStream in = PlatformCatalogue.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException("the resource " + RESOURCE + " is missing from the scheduler's jar");
            }
            ListPlatformsResponse.Builder platforms = ListPlatformsResponse.newBuilder();
            MessageReader.read(YamlDocument.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8)), platforms);
            return platforms.getPlatformsList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + RESOURCE, e);
        }
    }
}
