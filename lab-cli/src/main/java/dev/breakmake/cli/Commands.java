package dev.breakmake.cli;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The commands by name, in the order of the help. A process that runs one of them builds the model of that one only: building all of
 * them by reflection takes longer than a small boot.
 */
final class Commands {

    /**
     * A command.
     *
     * @param type its class, with picocli's annotations; only {@link RunCommand} goes without them
     * @param summary what the list of commands says of it
     */
    record Entry(Class<?> type, String summary) {}

    /** Every command; the help lists them in this order. */
    static final Map<String, Entry> BY_NAME = byName();

    /** What the top level answers itself, without any command. */
    private static final Set<String> OF_TOP_LEVEL = Set.of("-h", "--help", "-V", "--version");

    private Commands() {}

    private static Map<String, Entry> byName() {
        Map<String, Entry> commands = new LinkedHashMap<>();
        commands.put("demo", new Entry(DemoCommand.class, DemoCommand.SUMMARY));
        commands.put("run", new Entry(RunCommand.class, RunCommand.SUMMARY));
        commands.put("sweep", new Entry(SweepCommand.class, SweepCommand.SUMMARY));
        commands.put("matrix", new Entry(MatrixCommand.class, MatrixCommand.SUMMARY));
        commands.put("trace", new Entry(TraceCommand.class, TraceCommand.SUMMARY));
        commands.put("flow", new Entry(FlowCommand.class, FlowCommand.SUMMARY));
        commands.put("compare-backends", new Entry(CompareBackendsCommand.class, CompareBackendsCommand.SUMMARY));
        commands.put("up", new Entry(UpCommand.class, UpCommand.SUMMARY));
        commands.put("down", new Entry(DownCommand.class, DownCommand.SUMMARY));
        commands.put("status", new Entry(StatusCommand.class, StatusCommand.SUMMARY));
        commands.put("submit", new Entry(SubmitCommand.class, SubmitCommand.SUMMARY));
        commands.put("watch", new Entry(WatchCommand.class, WatchCommand.SUMMARY));
        commands.put("cancel", new Entry(CancelCommand.class, CancelCommand.SUMMARY));
        commands.put("runs", new Entry(RunsCommand.class, RunsCommand.SUMMARY));
        commands.put("findings", new Entry(FindingsCommand.class, FindingsCommand.SUMMARY));
        commands.put("compare", new Entry(CompareCommand.class, CompareCommand.SUMMARY));
        commands.put("runners", new Entry(RunnersCommand.class, RunnersCommand.SUMMARY));
        commands.put("schedule", new Entry(ScheduleCommand.class, ScheduleCommand.SUMMARY));
        commands.put("layout", new Entry(LayoutCommand.class, LayoutCommand.SUMMARY));
        commands.put("import", new Entry(ImportCommand.class, ImportCommand.SUMMARY));
        commands.put("image", new Entry(ImageCommand.class, ImageCommand.SUMMARY));
        commands.put("doctor", new Entry(DoctorCommand.class, DoctorCommand.SUMMARY));
        commands.put("completion", new Entry(CompletionCommand.class, CompletionCommand.SUMMARY));
        return Collections.unmodifiableMap(commands);
    }

    /**
     * The command line that understands these arguments: with one command if the first argument names it; with names and summaries only if the
     * top level answers; else with all.
     */
    static CommandLine lineFor(String... arguments) {
        String first = arguments.length == 0 ? "--help" : arguments[0];
        Entry named = BY_NAME.get(first);
        if (named == null && !OF_TOP_LEVEL.contains(first)) {
            return whole();
        }
        CommandLine line = new CommandLine(BreakmakeCommand.specification());
        if (named != null) {
            add(line, first, named);
        } else {
            BY_NAME.forEach((name, entry) -> line.addSubcommand(name, outline(entry)));
        }
        return line;
    }

    /** The command line with all commands and their options. */
    static CommandLine whole() {
        CommandLine line = new CommandLine(BreakmakeCommand.specification());
        BY_NAME.forEach((name, entry) -> add(line, name, entry));
        return line;
    }

    private static void add(CommandLine line, String name, Entry entry) {
        Object model = entry.type() == RunCommand.class ? RunCommand.specification() : entry.type();
        line.addSubcommand(name, new CommandLine(model)); // so made, it asks the transformers of models
    }

    private static CommandSpec outline(Entry entry) {
        CommandSpec outline = CommandSpec.create();
        outline.usageMessage().description(entry.summary());
        return outline;
    }
}
