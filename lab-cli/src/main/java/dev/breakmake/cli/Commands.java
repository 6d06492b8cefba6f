package dev.breakmake.cli;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;

/**
 * The commands by name, in the order of the help. A process that runs one of them builds the model of that one only: building all of
 * them by reflection takes longer than a small boot.
 */
final class Commands {

    /** Every command; the help lists them in this order. */
    static final Map<String, Class<?>> BY_NAME = byName();

    private Commands() {}

    private static Map<String, Class<?>> byName() {
        Map<String, Class<?>> commands = new LinkedHashMap<>();
        commands.put("demo", DemoCommand.class);
        commands.put("run", RunCommand.class);
        commands.put("matrix", MatrixCommand.class);
        commands.put("trace", TraceCommand.class);
        commands.put("flow", FlowCommand.class);
        commands.put("compare-backends", CompareBackendsCommand.class);
        commands.put("up", UpCommand.class);
        commands.put("down", DownCommand.class);
        commands.put("status", StatusCommand.class);
        commands.put("submit", SubmitCommand.class);
        commands.put("watch", WatchCommand.class);
        commands.put("cancel", CancelCommand.class);
        commands.put("runs", RunsCommand.class);
        commands.put("findings", FindingsCommand.class);
        commands.put("compare", CompareCommand.class);
        commands.put("runners", RunnersCommand.class);
        commands.put("schedule", ScheduleCommand.class);
        commands.put("layout", LayoutCommand.class);
        commands.put("import", ImportCommand.class);
        commands.put("image", ImageCommand.class);
        commands.put("doctor", DoctorCommand.class);
        commands.put("completion", CompletionCommand.class);
        return Collections.unmodifiableMap(commands);
    }

    /** The command line that understands these arguments: with one command if the first argument names it, else with all. */
    static CommandLine lineFor(String... arguments) {
        CommandLine line = new CommandLine(new BreakmakeCommand());
        Class<?> named = arguments.length == 0 ? null : BY_NAME.get(arguments[0]);
        if (named != null) {
            line.addSubcommand(arguments[0], named);
        } else {
            BY_NAME.forEach(line::addSubcommand);
        }
        return line;
    }
}
