package dev.breakmake.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command without a subcommand: prints the help. Its subcommands are in {@link Commands}. */
@Command(
        name = "breakmake",
        description = {
            "The boot lab for Arm hypervisors: boots the real image, follows every translation-table change,"
                    + " and flags break-before-make violations.",
            ""
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        footer = {
            "",
            "Also by the launcher: ./breakmake test (all tests), ./breakmake build.",
            "Exit codes: 0 passed, 1 failed or an unexpected finding, 2 this machine or the engine, 3 usage or input, 130 interrupted."
        })
final class BreakmakeCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        CommandLine command = spec.commandLine();
        command.usage(command.getOut());
    }
}
