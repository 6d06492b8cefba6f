package dev.breakmake.cli;

import dev.breakmake.cli.trace.TraceSource;
import dev.breakmake.translation.trace.casemate.CasemateOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Turns a peer's trace into ours. */
@Command(name = "import", description = ImportCommand.SUMMARY, mixinStandardHelpOptions = true)
final class ImportCommand implements Callable<Integer> {

    /** What the list of commands says of it. */
    static final String SUMMARY =
            "Turns a peer checker's trace into a trace of ours: breakmake import casemate FILE -o OUT.";

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "PEER", description = "casemate")
    private String peer = "";

    @Parameters(index = "1", paramLabel = "FILE", description = "The peer's trace.")
    private Path file = Path.of("");

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "OUT",
            description = "The trace to write.")
    private Path output = Path.of("");

    @Option(names = "--judge-setup", description = "Take registers and TLBs as they are from the first record on.")
    private boolean judgeSetup;

    @Override
    public Integer call() throws IOException {
        if (!peer.equals("casemate")) {
            throw CommandFailure.usage("no importer for '" + peer + "'", "known: casemate");
        }
        TraceExportCommand.binary(TraceSource.of(file, "casemate", new CasemateOptions(judgeSetup)), output);
        spec.commandLine().getErr().println("wrote " + output);
        return ExitCode.PASSED;
    }
}
