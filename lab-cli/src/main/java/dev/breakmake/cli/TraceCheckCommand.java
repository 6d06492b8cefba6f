package dev.breakmake.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.breakmake.cli.report.Words;
import dev.breakmake.cli.report.json.Json;
import dev.breakmake.translation.Checker;
import dev.breakmake.translation.CheckerOptions;
import dev.breakmake.translation.event.EventSink;
import dev.breakmake.translation.finding.Evidence;
import dev.breakmake.translation.finding.Finding;
import dev.breakmake.translation.finding.FindingJson;
import dev.breakmake.translation.finding.SymbolSource;
import dev.breakmake.translation.rule.RuleId;
import dev.breakmake.translation.rule.Severity;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Judges a trace. */
@Command(
        name = "check",
        description = "Judges a trace. Exit code 0: clean, 1: findings, 3: unreadable.",
        mixinStandardHelpOptions = true)
final class TraceCheckCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private TraceOptionsMixin trace;

    @Option(names = "--json", description = "One JSON object: {verdict, events, steps, findings[], notObservable{}}.")
    private boolean json;

    @Option(
            names = "--profile",
            paramLabel = "NAME|FILE",
            defaultValue = "default",
            description = "Which rules are on: default, strict, lenient, or a profile file.")
    private String profile = "default";

    @Option(names = "--symbols", paramLabel = "FILE", description = "ELF with symbols or map file of the traced image.")
    private @Nullable Path symbols;

    @Option(
            names = "--fail-on",
            paramLabel = "SEVERITY",
            defaultValue = "error",
            description = "The mildest severity that counts: error, warning, lint (default: error).")
    private Severity failOn = Severity.ERROR;

    @Override
    public Integer call() throws IOException {
        CheckerOptions options = CheckerOptions.defaults().withProfile(Profiles.named(profile));
        AtomicReference<@Nullable Checker> checker = new AtomicReference<>();
        AtomicLong events = new AtomicLong();
        SymbolSource own = symbols == null ? null : dev.breakmake.cli.boot.SymbolFiles.read(symbols);
        EventSink counter = _ -> events.setPlain(events.getPlain() + 1);
        trace.open().readNamed(carried -> {
            Checker made = new Checker(options.withSymbols(own == null ? carried : own));
            checker.set(made);
            return made.andThen(counter);
        });
        Checker done = checker.get();
        if (done == null || events.get() == 0) {
            throw CommandFailure.usage(trace.file() + " holds no event", "nothing was judged, which is not 'clean'");
        }
        List<Finding> findings = done.finish();
        boolean failed =
                findings.stream().anyMatch(finding -> finding.severity().atLeast(failOn));
        if (json) {
            spec.commandLine().getOut().println(Json.write(object(done, findings, failed, events.get())));
        } else {
            print(done, findings, failed, events.get());
        }
        return failed ? ExitCode.FAILED : ExitCode.PASSED;
    }

    private static ObjectNode object(Checker checker, List<Finding> findings, boolean failed, long events) {
        ObjectNode root = Json.object();
        root.put("verdict", failed ? "FAILED" : "PASSED");
        root.put("events", events);
        root.put("steps", checker.step());
        ArrayNode list = root.putArray("findings");
        findings.forEach(finding -> list.add(Json.parse(FindingJson.write(finding))));
        ObjectNode unseen = root.putObject("notObservable");
        for (Map.Entry<RuleId, String> rule : checker.notObservable().entrySet()) {
            unseen.put(rule.getKey().id(), rule.getValue());
        }
        return root;
    }

    private void print(Checker checker, List<Finding> findings, boolean failed, long events) {
        PrintWriter out = spec.commandLine().getOut();
        for (Finding finding : findings) {
            String symbol = finding.symbol();
            out.printf(
                    "%s  %s  %s  step %d, %s%s%n    %s%n",
                    finding.severity().text(),
                    finding.rule().id(),
                    symbol == null ? Words.address(finding.pc()) : symbol,
                    finding.step(),
                    Words.pes(finding.pes()),
                    finding.count() == 1 ? "" : ", " + finding.count() + " times",
                    finding.message());
            for (Evidence evidence : finding.why()) {
                out.printf("    why  step %d, PE%d: %s%n", evidence.step(), evidence.pe(), evidence.text());
            }
        }
        out.printf(
                "%s  %s: %d events, %d steps, %d finding%s%n",
                failed ? "FAILED" : "PASSED",
                trace.file(),
                events,
                checker.step(),
                findings.size(),
                findings.size() == 1 ? "" : "s");
        if (!checker.notObservable().isEmpty()) {
            out.println("not judged, since the backend does not see what they need: "
                    + String.join(
                            ", ",
                            checker.notObservable().keySet().stream()
                                    .map(RuleId::id)
                                    .sorted()
                                    .toList()));
        }
    }
}
