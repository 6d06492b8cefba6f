package dev.breakmake.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import picocli.CommandLine.Model.CommandSpec;

class CommandsTest {

    @Test
    void everyCommandIsListedUnderItsOwnName() {
        assertThat(Commands.BY_NAME.keySet())
                .allSatisfy(name -> assertThat(model(name).name()).isEqualTo(name));
    }

    @Test
    void theListSaysOfEveryCommandWhatItsOwnHelpBeginsWith() {
        assertThat(Commands.BY_NAME)
                .allSatisfy((name, entry) ->
                        assertThat(model(name).usageMessage().description()[0]).isEqualTo(entry.summary()));
    }

    @Test
    void commandsTakeTheOptionsThatAreDescribedByCallsToo() {
        assertThat(model("sweep").optionsMap()).containsKeys("--from", "--pes", "--expect", "--help");
        assertThat(requireNonNull(model("matrix").subcommands().get("run"))
                        .getCommandSpec()
                        .optionsMap())
                .containsKeys("--threads", "--html", "--help");
    }

    private static CommandSpec model(String name) {
        return requireNonNull(Commands.lineFor(name).getSubcommands().get(name)).getCommandSpec();
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
