package dev.breakmake.lab.local;

import dev.breakmake.lab.runner.backend.CellBackend;
import dev.breakmake.lab.runner.backend.CellEnd;
import dev.breakmake.lab.runner.backend.CellObserver;
import dev.breakmake.lab.runner.backend.CellWork;
import dev.breakmake.lab.runner.backend.EngineBackend;
import dev.breakmake.lab.runner.backend.FlowBackend;
import dev.breakmake.lab.v1.BootSpec;
import dev.breakmake.translation.Checker;
import dev.breakmake.translation.CheckerOptions;
import dev.breakmake.translation.finding.Finding;
import dev.breakmake.translation.trace.TraceSummary;
import dev.breakmake.translation.trace.TraceWriter;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The same cell in this process with the checker attached to the engine: no service, no database, no file in between. */
record OnlineCheck(String digest, Map<String, Long> findings) {

    /** Boots and checks; findings are counts by rule and fingerprint. */
    static OnlineCheck of(BootSpec boot, @Nullable Path image, List<Path> companions, Path directory) throws Exception {
        TraceWriter writer = new TraceWriter(OutputStream.nullOutputStream());
        List<dev.breakmake.translation.event.TranslationEvent> events = new java.util.ArrayList<>();
        CellBackend backend =
                boot.getFlow().isEmpty() ? new EngineBackend("engine", 5_000_000_000L) : new FlowBackend("engine");
        CellEnd end = backend.run(
                new CellWork(boot, "image", image, companions, List.of(), Duration.ofMinutes(10), directory),
                new CellObserver(
                        event -> {
                            writer.accept(event);
                            events.add(event);
                        },
                        line -> {},
                        () -> false));
        Checker checker = new Checker(CheckerOptions.defaults().withSymbols(end.symbols()));
        events.forEach(checker::accept);
        TraceSummary summary = writer.finish();
        Map<String, Long> findings = new TreeMap<>();
        for (Finding finding : checker.finish()) {
            findings.merge(finding.rule().id() + " " + finding.fingerprint(), finding.count(), Long::sum);
        }
        return new OnlineCheck(summary.digest(), findings);
    }
}
