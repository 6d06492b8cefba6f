package dev.breakmake.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Completion for the shell. */
@Command(
        name = "completion",
        description = CompletionCommand.SUMMARY,
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  source <(./breakmake completion)"})
final class CompletionCommand implements Callable<Integer> {

    /** What the list of commands says of it. */
    static final String SUMMARY = "Prints a completion script for bash and zsh.";

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        CommandLine all = Commands.whole();
        spec.commandLine().getOut().print(AutoComplete.bash("breakmake", all));
        spec.commandLine().getOut().flush();
        return ExitCode.PASSED;
    }
}
