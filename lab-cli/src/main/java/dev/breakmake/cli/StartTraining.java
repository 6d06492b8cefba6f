package dev.breakmake.cli;

import java.io.PrintWriter;
import java.io.Writer;

/**
 * What the start-up (AOT) cache is made from: the help, then one boot, whose classes most commands share. Run by the launcher with
 * {@code -XX:AOTCacheOutput}; prints nothing.
 */
final class StartTraining {

    private StartTraining() {}

    /** Runs the help, then the command of the arguments. */
    public static void main(String[] arguments) {
        NewerSources.found(null); // what main does before
        PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
        int help = Main.execute(nowhere, nowhere, "--help");
        System.exit(Math.max(help, Main.execute(nowhere, nowhere, arguments)));
    }
}
