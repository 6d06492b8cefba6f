package dev.breakmake.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns what went wrong into one message on stderr and an exit code. */
final class Failures {

    private Failures() {}

    /** Wrong usage: the message, near misses, and where the help is. */
    static int usage(ParameterException failure, String[] arguments) {
        CommandLine command = failure.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("breakmake: " + failure.getMessage());
        if (!UnmatchedArgumentException.printSuggestions(failure, err)) {
            err.println("  usage: " + command.getHelp().synopsis(0).strip());
        }
        err.println("  help: " + command.getCommandSpec().qualifiedName() + " --help");
        return ExitCode.USAGE;
    }

    /** A failed command: what happened and what to do; a stack trace only for what should not have happened. */
    static int execution(Exception failure, CommandLine command, ParseResult result) {
        PrintWriter err = command.getErr();
        if (failure instanceof CommandFailure known) {
            err.println("breakmake: " + known.getMessage());
            known.hint().lines().forEach(line -> err.println("  " + line));
            return known.exitCode();
        }
        IOException io = failure instanceof UncheckedIOException wrapped
                ? wrapped.getCause()
                : failure instanceof IOException plain ? plain : null;
        if (io != null) {
            err.println("breakmake: " + describe(io));
            return ExitCode.FAULT;
        }
        err.println("breakmake: a fault in breakmake itself; please report it with the command and this trace:");
        failure.printStackTrace(err);
        return ExitCode.FAULT;
    }

    private static String describe(IOException failure) {
        String message = String.valueOf(failure.getMessage());
        if (message.toLowerCase(Locale.ROOT).contains("no space left")) {
            return "the disk is full: " + message + "\n  free some space, then run the same command again";
        }
        return failure instanceof FileSystemException
                ? failure.getClass().getSimpleName().replace("Exception", "") + ": " + message
                : message;
    }
}
