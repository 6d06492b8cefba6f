package dev.breakmake.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Real hypervisor images of public packages. */
@Command(
        name = "image",
        description = "The real Xen images from Debian packages: fetch and list them.",
        mixinStandardHelpOptions = true,
        subcommands = {ImageFetchCommand.class, ImageListCommand.class, ImageUploadCommand.class})
final class ImageCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        CommandLine command = spec.commandLine();
        command.usage(command.getOut());
    }
}
