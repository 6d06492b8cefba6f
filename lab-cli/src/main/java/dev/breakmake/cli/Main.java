package dev.breakmake.cli;

import dev.breakmake.cli.terminal.StandardOutput;
import dev.breakmake.cli.terminal.Terminal;
import java.io.BufferedOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import picocli.CommandLine;

/** Entry point of the {@code breakmake} command. */
public final class Main {

    private Main() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        if (NewerSources.found(System.getenv("BREAKMAKE_NEWER_SOURCES"))) {
            Runtime.getRuntime().halt(NewerSources.BUILD_AGAIN);
        }
        StandardOutput standard = new StandardOutput();
        PrintWriter out = new PrintWriter(
                new OutputStreamWriter(new BufferedOutputStream(standard), StandardCharsets.UTF_8), true);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        int code = execute(out, err, arguments);
        out.flush();
        String lost = standard.failure();
        if (lost != null) {
            err.println("breakmake: standard output could not be written: " + lost);
            err.println("  if the disk is full, free some space, then run the same command again");
            code = ExitCode.FAULT;
        }
        err.flush();
        end(code, arguments);
    }

    /**
     * Ends the process. The JDK logs every orderly exit, for which it looks through all jars for a logger; a boot and the help, which leave
     * nothing to hooks, end without.
     */
    private static void end(int code, String... arguments) {
        if (arguments.length == 0 || arguments[0].startsWith("-") || arguments[0].equals("run")) {
            Runtime.getRuntime().halt(code);
        }
        System.exit(code);
    }

    /**
     * Runs one command in this process.
     *
     * @return the exit code, see {@link ExitCode}
     */
    public static int execute(PrintWriter out, PrintWriter err, String... arguments) {
        Locale.setDefault(Locale.US); // what is said, verdicts included, does not depend on where
        // Else picocli looks for Groovy in every jar, and reflects on classes that no option has.
        System.setProperty("picocli.disable.closures", "true");
        System.setProperty("picocli.converters.excludes", "java\\.(sql|time)\\..*");
        CommandLine commandLine = Commands.lineFor(arguments);
        commandLine.setOut(out);
        commandLine.setErr(err);
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.setUsageHelpAutoWidth(false);
        commandLine.setUsageHelpWidth(Terminal.width());
        commandLine.setParameterExceptionHandler(Failures::usage);
        commandLine.setExecutionExceptionHandler(Failures::execution);
        return commandLine.execute(arguments);
    }
}
