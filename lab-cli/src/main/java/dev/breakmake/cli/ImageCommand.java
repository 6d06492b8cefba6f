package dev.breakmake.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Real hypervisor images of public packages. */
@Command(
        name = "image",
        description = ImageCommand.SUMMARY,
        mixinStandardHelpOptions = true,
        subcommands = {ImageFetchCommand.class, ImageListCommand.class, ImageUploadCommand.class})
final class ImageCommand implements Runnable {

    /** What the list of commands says of it. */
    static final String SUMMARY = "The real Xen images from Debian packages: fetch and list them.";

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        CommandLine command = spec.commandLine();
        command.usage(command.getOut());
    }
}
