package dev.breakmake.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class CommandLineTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        return Main.execute(new PrintWriter(out), new PrintWriter(err), arguments);
    }

    @Test
    void helpListsTheCommandsAndTheExitCodes() {
        assertThat(run("--help")).isEqualTo(ExitCode.PASSED);
        assertThat(out.toString()).contains("image", "doctor", "Exit codes: 0 passed");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void whatIsSaidDoesNotDependOnTheUsersLanguage() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.of("ar", "EG"));
            run("flow", "run", "arm64", "--preset", "base");
        } finally {
            Locale.setDefault(before);
        }
        assertThat(out.toString()).contains("PE0", "step ");
        assertThat(out.toString().codePoints().filter(Character::isDigit)).allMatch(digit -> digit <= '9');
    }

    @Test
    void noCommandPrintsTheHelp() {
        assertThat(run()).isEqualTo(ExitCode.PASSED);
        assertThat(out.toString()).contains("Usage: breakmake");
    }

    @Test
    void aMisspeltCommandIsAUsageErrorThatNamesTheNearest() {
        assertThat(run("doctr")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("doctr").contains("doctor").contains("--help");
    }

    @Test
    void completionKnowsTheOptionsOfCommands() {
        assertThat(run("completion")).isEqualTo(ExitCode.PASSED);
        assertThat(out.toString()).contains("'--ram-base'", "'--from'", "'--junit'", "'--preset'");
    }

    @Test
    void aBootWithoutAnImageSaysThatItNeedsOne() {
        assertThat(run("run", "--pes", "2")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("Missing required parameter: 'IMAGE'", "breakmake run --help");
    }

    @Test
    void anOptionWithoutItsValueOrWithAWrongOneIsNamed() {
        assertThat(run("run", "x", "--memory")).isEqualTo(ExitCode.USAGE);
        assertThat(run("run", "x", "--memory", "much")).isEqualTo(ExitCode.USAGE);
        assertThat(run("run", "x", "--flat", "mips")).isEqualTo(ExitCode.USAGE);
        assertThat(run("run", "x", "--gic")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString())
                .contains("'--memory' (SIZE)", "'much' is no size", "'mips' is no architecture", "'--gic' (2|3)");
    }

    @Test
    void anUnknownImageNameListsTheKnownOnes() {
        assertThat(run("image", "fetch", "4.99-arm64")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("4.99-arm64").contains("4.17-arm64");
    }

    @Test
    void doctorReportsTheRunningJdkAndEveryImage() {
        assertThat(run("doctor", "--json")).isEqualTo(ExitCode.PASSED);
        assertThat(out.toString()).contains("\"name\" : \"JDK\"").contains("Xen 4.14-armhf");
    }
}
