package dev.breakmake.cli;

import java.util.function.Consumer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Options described by calls instead of annotations, for what starts often: reading annotations makes classes at run time, which takes longer
 * than half of a small boot (docs/decisions/0600).
 */
final class Arguments {

    private Arguments() {}

    /**
     * An option with a value.
     *
     * @param field where the value goes
     */
    static <V> OptionSpec.Builder option(
            String name, String label, Class<V> type, String description, Consumer<V> field) {
        return OptionSpec.builder(name)
                .paramLabel(label)
                .type(type)
                .description(description)
                .hasInitialValue(false)
                .setter(into(field));
    }

    /** An option without a value. */
    static OptionSpec.Builder flag(String name, String description, Consumer<Boolean> field) {
        return OptionSpec.builder(name)
                .type(boolean.class)
                .description(description)
                .hasInitialValue(false)
                .setter(into(field));
    }

    /** Adds {@code --help} and {@code --version}, as picocli's own mixin words them. */
    static void addHelp(CommandSpec spec) {
        spec.addOption(OptionSpec.builder("-h", "--help")
                .type(boolean.class)
                .usageHelp(true)
                .description("Show this help message and exit.")
                .build());
        spec.addOption(OptionSpec.builder("-V", "--version")
                .type(boolean.class)
                .versionHelp(true)
                .description("Print version information and exit.")
                .build());
    }

    /** Where a parsed value goes. */
    static <V> ISetter into(Consumer<V> field) {
        return new ISetter() {
            @Override
            @SuppressWarnings("unchecked") // the argument's type is V's
            public <T> T set(T value) {
                field.accept((V) value);
                return value;
            }
        };
    }
}
