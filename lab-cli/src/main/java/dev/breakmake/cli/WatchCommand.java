package dev.breakmake.cli;

import dev.breakmake.cli.client.LabClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Follows a run. */
@Command(
        name = "watch",
        description = {WatchCommand.SUMMARY, "Ctrl-C ends the watching, never the run. Exit code: the worst cell's."},
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {"", "Examples:", "  breakmake watch            the newest run", "  breakmake watch 7c1e --json"})
final class WatchCommand implements Callable<Integer> {

    /** What the list of commands says of it. */
    static final String SUMMARY = "Follows a run of the lab until it ends.";

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "RUN",
            arity = "0..1",
            defaultValue = "latest",
            description = "Id or name of the run (default: the newest).")
    private String run = "latest";

    @Option(names = "--json", description = "One JSON object at the end: {run, cells[]} as the lab gives them.")
    private boolean json;

    @Mixin
    private LabMixin lab;

    @Override
    public Integer call() throws IOException, InterruptedException {
        try (LabClient client = lab.client()) {
            String name = lab.run(client, run);
            PrintWriter err = spec.commandLine().getErr();
            Thread notice = new Thread(
                    () -> err.println("\nnot watching any more; " + name + " goes on (breakmake cancel " + id(name)
                            + " ends it)"),
                    "watch-notice");
            Runtime.getRuntime().addShutdownHook(notice);
            int code = RunOnTerminal.follow(client, name, spec.commandLine().getOut(), json);
            Runtime.getRuntime().removeShutdownHook(notice);
            return code;
        }
    }

    /** The last part of a resource name. */
    static String id(String name) {
        return name.substring(name.lastIndexOf('/') + 1);
    }
}
