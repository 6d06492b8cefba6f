package dev.breakmake.cli;

import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Model.CommandSpec;

/** A command with annotations some of whose options are described by calls, see {@link Arguments}. */
interface MoreOptions {

    /** Adds those to the command's model. */
    void addOptions(CommandSpec to);

    /** To be named as the command's {@code modelTransformer}, instead of {@code mixinStandardHelpOptions}. */
    final class Adding implements IModelTransformer {
        @Override
        public CommandSpec transform(CommandSpec spec) {
            ((MoreOptions) spec.userObject()).addOptions(spec);
            Arguments.addHelp(spec); // last in the list
            return spec;
        }
    }
}
