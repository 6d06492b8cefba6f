package dev.breakmake.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The options of a command with many, under headings by what they are for. */
final class OptionGroups {

    private static final String REST = "Help:";

    private final Map<String, List<String>> groups = new LinkedHashMap<>();

    /** Adds a heading and the options below it, by their longest names, in this order. */
    OptionGroups group(String heading, String... options) {
        groups.put(heading, List.of(options));
        return this;
    }

    /** Makes the help of a command list its options like this; what no group names comes last. */
    void show(CommandSpec command) {
        command.usageMessage().sectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, this::text);
    }

    private String text(Help help) {
        StringBuilder text = new StringBuilder();
        List<OptionSpec> rest = new ArrayList<>(help.commandSpec().options());
        groups.forEach((heading, names) -> {
            List<OptionSpec> options =
                    names.stream().map(help.commandSpec()::findOption).toList();
            rest.removeAll(options);
            append(text, heading, help, options);
        });
        append(text, REST, help, rest);
        return text.toString();
    }

    private static void append(StringBuilder text, String heading, Help help, List<OptionSpec> options) {
        if (!options.isEmpty()) {
            Help.Layout layout = help.createDefaultLayout();
            layout.addAllOptions(options, help.createDefaultParamLabelRenderer());
            text.append(String.format("%n%s%n", heading)).append(layout);
        }
    }
}
