package dev.breakmake.cli;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

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
        commands.put("sweep", SweepCommand.class);
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

    /** What the top level answers itself, without any command. */
    private static final Set<String> OF_TOP_LEVEL = Set.of("-h", "--help", "-V", "--version");

    /**
     * The command line that understands these arguments: with one command if the first argument names it; with names and descriptions only if the
     * top level answers; else with all.
     */
    static CommandLine lineFor(String... arguments) {
        CommandLine line = new CommandLine(new BreakmakeCommand());
        String first = arguments.length == 0 ? "--help" : arguments[0];
        Class<?> named = BY_NAME.get(first);
        if (named != null) {
            line.addSubcommand(first, named);
        } else if (OF_TOP_LEVEL.contains(first)) {
            BY_NAME.forEach((name, type) -> line.addSubcommand(name, outline(type)));
        } else {
            BY_NAME.forEach(line::addSubcommand);
        }
        CommandLine run = line.getSubcommands().get("run");
        if (run != null && run.getCommand() instanceof RunCommand) {
            RunCommand.OPTIONS.show(run);
        }
        return line;
    }

    /** What the list of commands in the help says about one: the options are not looked at. */
    private static CommandSpec outline(Class<?> type) {
        CommandSpec outline = CommandSpec.create();
        Command command = type.getAnnotation(Command.class);
        if (command != null) {
            outline.usageMessage().header(command.header()).description(command.description());
        }
        return outline;
    }
}
