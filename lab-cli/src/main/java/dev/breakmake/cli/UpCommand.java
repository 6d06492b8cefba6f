package dev.breakmake.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.breakmake.cli.lab.LabFolder;
import dev.breakmake.cli.lab.LabProcess;
import dev.breakmake.cli.lab.LabProgram;
import dev.breakmake.cli.lab.LabState;
import dev.breakmake.cli.lab.StartupCache;
import dev.breakmake.cli.report.json.Json;
import dev.breakmake.cli.terminal.LivePanel;
import dev.breakmake.cli.terminal.Terminal;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Starts the local lab. */
@Command(
        name = "up",
        description = {
            UpCommand.SUMMARY,
            "Returns when it serves. Data stay in the lab's folder over restarts; 'breakmake down' stops it.",
            "A lab that runs already is left alone."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class UpCommand implements Callable<Integer> {

    /** What the list of commands says of it. */
    static final String SUMMARY =
            "Starts the lab on this machine: scheduler, trace service, a runner and PostgreSQL, in the"
                    + " background.";

    /** Where the lab serves unless told otherwise. */
    static final int DEFAULT_PORT = 7400;

    private static final double NANOS_PER_SECOND = 1e9;

    @Spec
    private CommandSpec spec;

    @Mixin
    private LabFolderMixin lab;

    @Option(
            names = {"-f", "--foreground"},
            description = "Stays in the foreground with the log on this terminal; Ctrl-C stops the lab.")
    private boolean foreground;

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "" + DEFAULT_PORT,
            description = "Port for REST, gRPC and the explorer; 0: any free one. Default: ${DEFAULT-VALUE}.")
    private int port;

    @Option(
            names = "--slots",
            paramLabel = "N",
            defaultValue = "0",
            description = "Cells executed at the same time; 0: one per core. Default: ${DEFAULT-VALUE}.")
    private int slots;

    @Option(names = "--no-runner", description = "Executes nothing here: runners come from elsewhere.")
    private boolean noRunner;

    @Option(
            names = "--json",
            description = "One JSON object: {phase, url, explorer, pid, home, log, alreadyRunning, seconds}.")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        LabFolder folder = lab.folder();
        long start = System.nanoTime();
        Optional<LabState> running = LabState.running(folder);
        if (running.isPresent() && running.get().isReady()) {
            print(folder, running.get(), true, start);
            return ExitCode.PASSED;
        }
        if (running.isPresent()) {
            throw CommandFailure.fault(
                    "a lab in " + folder.root() + " is " + running.get().phase().toLowerCase(Locale.ROOT) + " (pid "
                            + running.get().pid() + "): " + running.get().progress(),
                    "wait a moment; 'breakmake status' shows it, 'breakmake down' stops it");
        }
        LabProgram program = LabProgram.find();
        LabProcess process =
                LabProcess.start(program, folder, StartupCache.of(folder, program), properties(), foreground);
        Thread stop = new Thread(process::stop, "stop-lab");
        // Ctrl-C while it starts, or in the foreground: nothing is left behind.
        Runtime.getRuntime().addShutdownHook(stop);
        LabState state = awaitReady(process);
        print(folder, state, false, start);
        if (foreground) {
            int code = process.awaitEnd();
            return code == 0 ? ExitCode.PASSED : code == ExitCode.INTERRUPTED ? code : ExitCode.FAULT;
        }
        Runtime.getRuntime().removeShutdownHook(stop);
        return ExitCode.PASSED;
    }

    private List<String> properties() {
        List<String> properties = new ArrayList<>();
        properties.add("breakmake.port=" + port);
        if (slots > 0) {
            properties.add("breakmake.runner.slots=" + slots);
        }
        if (noRunner) {
            properties.add("breakmake.runner.enabled=false");
        }
        return properties;
    }

    private LabState awaitReady(LabProcess process) throws IOException, InterruptedException {
        AtomicReference<String> doing = new AtomicReference<>("starting");
        long start = System.nanoTime();
        PrintWriter err = spec.commandLine().getErr();
        Consumer<String> progress = Terminal.interactive() ? doing::set : what -> err.println("  " + what);
        try (LivePanel _ = foreground
                ? LivePanel.silent()
                : LivePanel.showing(() -> List.of(String.format(
                        Locale.ROOT,
                        "lab: %s (%.1f s)",
                        doing.get(),
                        (System.nanoTime() - start) / NANOS_PER_SECOND)))) {
            return process.awaitReady(progress);
        }
    }

    private void print(LabFolder folder, LabState state, boolean already, long start) {
        PrintWriter out = spec.commandLine().getOut();
        double seconds = Duration.ofNanos(System.nanoTime() - start).toMillis() / 1000.0;
        if (json) {
            ObjectNode root = Json.object()
                    .put("phase", state.phase())
                    .put("url", state.url())
                    .put("explorer", state.explorer())
                    .put("pid", state.pid())
                    .put("home", folder.root().toString())
                    .put("log", folder.log().toString())
                    .put("alreadyRunning", already)
                    .put("seconds", seconds);
            out.println(Json.write(root));
            return;
        }
        out.println(
                already
                        ? "the lab runs already (pid " + state.pid() + ")"
                        : String.format(Locale.ROOT, "the lab is ready after %.1f s (pid %d)", seconds, state.pid()));
        out.println("  REST and gRPC   " + state.url());
        out.println("  trace explorer  " + state.explorer());
        out.println("  data, log       " + folder.root());
        if (!foreground) {
            out.println("  stop it with    breakmake down");
        }
    }
}
