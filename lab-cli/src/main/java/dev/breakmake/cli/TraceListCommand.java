package dev.breakmake.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.breakmake.cli.report.json.Json;
import dev.breakmake.translation.event.NamedRegion;
import dev.breakmake.translation.event.TraceHeader;
import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.trace.Steps;
import dev.breakmake.translation.trace.TraceDigest;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What a trace holds. */
@Command(
        name = "ls",
        description = "Says what a trace holds: machine, events by kind, steps, digest.",
        mixinStandardHelpOptions = true)
final class TraceListCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private TraceOptionsMixin trace;

    @Option(names = "--json", description = "One JSON object.")
    private boolean json;

    private @Nullable TraceHeader header;
    private final Map<String, Long> kinds = new TreeMap<>();
    private final Steps steps = new Steps();
    private long events;

    @Override
    public Integer call() throws IOException {
        TraceDigest digest = new TraceDigest();
        trace.open().read(digest.andThen(this::count));
        TraceHeader first = header;
        if (first == null) {
            throw CommandFailure.usage(trace.file() + " holds no event", "");
        }
        String sha = digest.finishHex();
        long bytes = Files.size(trace.file());
        if (json) {
            spec.commandLine().getOut().println(Json.write(object(first, sha, bytes)));
        } else {
            print(first, sha, bytes);
        }
        return ExitCode.PASSED;
    }

    private void count(TranslationEvent event) {
        if (event instanceof TraceHeader first) {
            header = first;
        }
        events++;
        steps.stepOf(event);
        kinds.merge(event.getClass().getSimpleName(), 1L, Long::sum);
    }

    private ObjectNode object(TraceHeader first, String digest, long bytes) {
        ObjectNode root = Json.object();
        root.put("architecture", first.architecture().name());
        root.put("pes", first.peCount());
        root.put("backend", first.backend());
        root.put("interleaving", first.interleaving());
        root.put("events", events);
        root.put("steps", steps.current());
        root.put("bytes", bytes);
        root.put("digest", digest);
        ObjectNode byKind = root.putObject("eventsByKind");
        kinds.forEach(byKind::put);
        return root;
    }

    private void print(TraceHeader first, String digest, long bytes) {
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                "%s, %d PE%s, backend %s, %s%n",
                first.architecture(),
                first.peCount(),
                first.peCount() == 1 ? "" : "s",
                first.backend(),
                first.interleaving());
        out.println("RAM " + first.ram());
        for (NamedRegion region : first.regions()) {
            out.println("  " + region.name() + " " + region.physical());
        }
        out.printf(
                "%d events, %d steps, %d bytes (%.2f per event)%n",
                events, steps.current(), bytes, bytes / (double) events);
        kinds.forEach((kind, count) -> out.printf("  %-24s %9d%n", kind, count));
        if (!first.notObservable().isEmpty()) {
            out.println("not observable: " + first.notObservable());
        }
        out.println("digest " + digest);
    }
}
