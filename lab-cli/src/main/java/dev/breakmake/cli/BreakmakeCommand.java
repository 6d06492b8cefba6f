package dev.breakmake.cli;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** The command without a subcommand: prints the help. Its subcommands are in {@link Commands}. */
final class BreakmakeCommand implements Runnable {

    private final CommandSpec spec;

    private BreakmakeCommand() {
        spec = CommandSpec.wrapWithoutInspection(this).name("breakmake").versionProvider(new Version());
        Arguments.addHelp(spec);
        spec.usageMessage()
                .description(
                        "The boot lab for Arm hypervisors: boots the real image, follows every translation-table change,"
                                + " and flags break-before-make violations.",
                        "")
                .synopsisSubcommandLabel("COMMAND")
                .commandListHeading("%nCommands:%n")
                .footer(
                        "",
                        "Also by the launcher: ./breakmake test (all tests), ./breakmake build.",
                        "Exit codes: 0 passed, 1 failed or an unexpected finding, 2 this machine or the engine, 3 usage or input, 130 interrupted.");
    }

    /** Its model, without subcommands. */
    static CommandSpec specification() {
        return new BreakmakeCommand().spec;
    }

    @Override
    public void run() {
        CommandLine command = spec.commandLine();
        command.usage(command.getOut());
    }
}
