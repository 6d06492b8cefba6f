package dev.breakmake.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.breakmake.cli.image.ImageCache;
import dev.breakmake.cli.matrix.LocalImages.LocalImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Puts images of this machine into a lab, symbols first. */
public final class ImageUploads {

    private final LabClient lab;
    private final String project;

    /** Uploads into a project, {@code projects/{p}}. */
    public ImageUploads(LabClient lab, String project) {
        this.lab = lab;
        this.project = project;
    }

    /** Uploads an image with its companions and points the tags at it; what the lab has already is not sent again. */
    public JsonNode image(LocalImage image, List<String> tags) throws IOException, InterruptedException {
        List<String> companions = new ArrayList<>();
        for (Path companion : image.companions()) {
            String sha256 = ImageCache.sha256(companion);
            put(companion, sha256, "kind=SYMBOLS");
            companions.add(sha256);
        }
        String query = "kind=XEN"
                + tags.stream().map(tag -> "&tags=" + LabClient.encoded(tag)).collect(Collectors.joining())
                + companions.stream().map(each -> "&companions=" + each).collect(Collectors.joining());
        return put(image.file(), image.sha256(), query);
    }

    private JsonNode put(Path file, String sha256, String query) throws IOException, InterruptedException {
        return lab.put("/v1/" + project + "/images/" + sha256 + "?" + query, file);
    }
}
