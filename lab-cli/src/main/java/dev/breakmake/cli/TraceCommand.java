package dev.breakmake.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Trace files: judge them, and look at any step. */
@Command(
        name = "trace",
        description = TraceCommand.SUMMARY,
        mixinStandardHelpOptions = true,
        subcommands = {
            TraceCheckCommand.class,
            TraceListCommand.class,
            TraceShowCommand.class,
            TraceStepsCommand.class,
            TraceDiffCommand.class,
            TraceWalkCommand.class,
            TraceMapCommand.class,
            TraceExportCommand.class
        })
final class TraceCommand implements Runnable {

    /** What the list of commands says of it. */
    static final String SUMMARY = "Trace files: check them, list their steps, diff and walk the tables at any step.";

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        CommandLine command = spec.commandLine();
        command.usage(command.getOut());
    }
}
