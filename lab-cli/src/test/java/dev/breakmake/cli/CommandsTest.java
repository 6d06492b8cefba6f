package dev.breakmake.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import picocli.CommandLine.Command;

class CommandsTest {

    @Test
    void everyCommandIsListedUnderItsOwnName() {
        assertThat(Commands.BY_NAME)
                .allSatisfy((name, command) ->
                        assertThat(command.getAnnotation(Command.class).name()).isEqualTo(name));
    }

    @Test
    void onlyTheNamedCommandIsBuiltAndAllOfThemForTheHelp() {
        assertThat(Commands.lineFor("run", "--help").getSubcommands()).containsOnlyKeys("run");
        assertThat(Commands.lineFor("--help").getSubcommands().keySet())
                .containsExactlyElementsOf(Commands.BY_NAME.keySet());
        assertThat(Commands.lineFor("rnu").getSubcommands()).hasSameSizeAs(Commands.BY_NAME);
    }

    @Test
    void everyOptionOfRunStandsUnderAHeadingThatSaysWhatItIsFor() {
        String help = requireNonNull(Commands.lineFor("run").getSubcommands().get("run"))
                .getUsageMessage();
        assertThat(help)
                .containsSubsequence("The machine", "--pes", "The boot:", "--tlb", "The judgement:", "Reports:");
        assertThat(help.substring(help.indexOf("Help:")).lines().filter(line -> line.contains("--")))
                .as("what no group names")
                .allMatch(line ->
                        line.contains("--help") || line.contains("--version") || line.startsWith("  breakmake"));
    }
}
