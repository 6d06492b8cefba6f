package dev.breakmake.cli;

import dev.breakmake.cli.image.ImageCache;
import dev.breakmake.cli.image.ImageFetcher;
import dev.breakmake.cli.image.XenImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Downloads the real Xen images into the cache. */
@Command(
        name = "fetch",
        description = {
            "Downloads the real Xen images from Debian packages, through this machine's own apt configuration.",
            "No root needed; every file is checked by digest; the cache is outside the tree."
        },
        mixinStandardHelpOptions = true)
final class ImageFetchCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "NAME", arity = "0..*", description = "Images as 'image ls' names them; default: all.")
    private List<String> names = new ArrayList<>();

    @Override
    public Integer call() throws IOException {
        PrintWriter err = spec.commandLine().getErr();
        List<XenImage> wanted = names.isEmpty()
                ? XenImage.ALL
                : names.stream().map(ImageFetchCommand::named).toList();
        ImageCache cache = ImageCache.ofUser();
        List<XenImage> missing = new ArrayList<>();
        for (XenImage image : wanted) {
            if (!cache.holds(image)) {
                missing.add(image);
            }
        }
        if (missing.isEmpty()) {
            err.println("all " + wanted.size() + " Xen images are in " + cache.folder());
            return ExitCode.PASSED;
        }
        List<String> failures = new ArrayList<>();
        try (ImageFetcher fetcher = ImageFetcher.into(cache)) {
            for (XenImage image : missing) {
                err.println(
                        "fetching " + image.name() + " (" + image.imagePackage() + ", Debian " + image.suite() + ")");
                try {
                    fetcher.fetch(image);
                } catch (CommandFailure e) {
                    // The others may still be had; what failed is said together at the end.
                    failures.add(
                            image.name() + ": " + e.getMessage() + (e.hint().isEmpty() ? "" : "\n  " + e.hint()));
                }
            }
        }
        if (!failures.isEmpty()) {
            throw CommandFailure.fault(
                    "could not fetch " + failures.size() + " of " + wanted.size() + " images",
                    String.join("\n", failures));
        }
        err.println("all " + wanted.size() + " Xen images are in " + cache.folder());
        return ExitCode.PASSED;
    }

    private static XenImage named(String name) {
        return XenImage.named(name)
                .orElseThrow(() -> CommandFailure.usage(
                        "no image is named '" + name + "'",
                        "known: " + XenImage.ALL.stream().map(XenImage::name).collect(Collectors.joining(", "))));
    }
}
