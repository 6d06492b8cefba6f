package dev.breakmake.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.breakmake.cli.client.ImageUploads;
import dev.breakmake.cli.client.LabClient;
import dev.breakmake.cli.image.ImageCache;
import dev.breakmake.cli.matrix.LocalImages;
import dev.breakmake.cli.matrix.LocalImages.LocalImage;
import dev.breakmake.cli.report.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Puts an image into the lab. */
@Command(
        name = "upload",
        description = "Puts an image with its symbols into the lab; what it has already is not sent again.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {"", "Example:", "  breakmake image upload build/xen --symbols build/xen-syms --tag xen-mine"})
final class ImageUploadCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "IMAGE", description = "A file, or a fetched image by name (breakmake image ls).")
    private String image = "";

    @Option(names = "--tag", paramLabel = "NAME", description = "Tag for job files; may be repeated (default: IMAGE).")
    private List<String> tags = new ArrayList<>();

    @Option(names = "--symbols", paramLabel = "FILE", description = "ELF with symbols or map file.")
    private @Nullable Path symbols;

    @Option(names = "--json", description = "One JSON object: the image as the lab gives it.")
    private boolean json;

    @Mixin
    private LabMixin lab;

    @Override
    public Integer call() throws IOException, InterruptedException {
        LocalImage found = new LocalImages(Path.of("").toAbsolutePath(), ImageCache.ofUser()).of(image);
        if (symbols != null) {
            if (!Files.isReadable(symbols)) {
                throw CommandFailure.usage("no symbols file " + symbols, "");
            }
            found = new LocalImage(found.name(), found.file(), found.sha256(), List.of(symbols));
        }
        String standard = LocalImages.fetched(image)
                .map(LocalImages::tag)
                .orElse(String.valueOf(found.file().getFileName()));
        try (LabClient client = lab.client()) {
            JsonNode stored =
                    new ImageUploads(client, lab.project()).image(found, tags.isEmpty() ? List.of(standard) : tags);
            spec.commandLine()
                    .getOut()
                    .println(
                            json
                                    ? Json.write(stored)
                                    : stored.path("sha256").asText() + "  "
                                            + stored.path("state").asText() + "  " + stored.path("tags"));
            return ExitCode.PASSED;
        }
    }
}
