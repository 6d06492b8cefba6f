package dev.breakmake.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.breakmake.cli.image.ImageCache;
import dev.breakmake.cli.image.XenImage;
import dev.breakmake.cli.report.json.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists the known images and whether the cache holds them. */
@Command(
        name = "ls",
        description = "Lists the known Xen images and whether they are in the cache.",
        mixinStandardHelpOptions = true)
final class ImageListCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(names = "--json", description = "One JSON object: {images: [{name, sha256, suite, cached, path}]}.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        ImageCache cache = ImageCache.ofUser();
        ObjectNode root = Json.object();
        ArrayNode images = root.putArray("images");
        for (XenImage image : XenImage.ALL) {
            boolean cached = cache.holds(image);
            String path = cache.file(image, ImageCache.IMAGE).toString();
            images.addObject()
                    .put("name", image.name())
                    .put("sha256", image.imageSha256())
                    .put("suite", image.suite())
                    .put("cached", cached)
                    .put("path", path);
            if (!json) {
                out.printf(
                        Locale.ROOT,
                        "%-11s  %-7s  %s%n",
                        image.name(),
                        cached ? "cached" : "missing",
                        cached ? path : "");
            }
        }
        if (json) {
            out.println(Json.write(root));
        }
        return ExitCode.PASSED;
    }
}
