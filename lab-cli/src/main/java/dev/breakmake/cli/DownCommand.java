package dev.breakmake.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.breakmake.cli.lab.LabFolder;
import dev.breakmake.cli.lab.LabProcess;
import dev.breakmake.cli.lab.LabProgram;
import dev.breakmake.cli.lab.LabState;
import dev.breakmake.cli.report.json.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Stops the local lab. */
@Command(
        name = "down",
        description = {
            DownCommand.SUMMARY,
            "Nothing is lost: cells that were executing are continued or repeated after the next 'breakmake up'. Also cleans up after a lab that was killed."
        },
        mixinStandardHelpOptions = true)
final class DownCommand implements Callable<Integer> {

    /** What the list of commands says of it. */
    static final String SUMMARY = "Stops the lab on this machine, its PostgreSQL included.";

    private static final Duration PATIENCE = Duration.ofSeconds(150);

    @Spec
    private CommandSpec spec;

    @Mixin
    private LabFolderMixin lab;

    @Option(names = "--json", description = "One JSON object: {stopped, wasRunning, cleanedUp, home}.")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        LabFolder folder = lab.folder();
        PrintWriter err = spec.commandLine().getErr();
        Optional<LabState> state = LabState.running(folder);
        if (state.isPresent()) {
            err.println("  stopping");
            if (!LabProcess.stop(folder, state.get(), PATIENCE)) {
                throw CommandFailure.fault(
                        "the lab (pid " + state.get().pid() + ") does not stop within " + PATIENCE.toSeconds() + " s",
                        "its log: " + folder.log() + "; kill -9 " + state.get().pid()
                                + " loses nothing that was committed, 'breakmake down' then stops the database");
            }
            print(folder, "the lab is stopped", true, false);
            return ExitCode.PASSED;
        }
        boolean stopped =
                Files.exists(folder.databasePid()) && LabProgram.find().stopDatabase(folder);
        Files.deleteIfExists(folder.state());
        print(
                folder,
                stopped ? "the lab had been killed; its database is stopped now" : "no lab is running",
                false,
                stopped);
        return ExitCode.PASSED;
    }

    private void print(LabFolder folder, String text, boolean wasRunning, boolean cleanedUp) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            ObjectNode root = Json.object()
                    .put("stopped", true)
                    .put("wasRunning", wasRunning)
                    .put("cleanedUp", cleanedUp)
                    .put("home", folder.root().toString());
            out.println(Json.write(root));
        } else {
            out.println(text);
        }
    }
}
