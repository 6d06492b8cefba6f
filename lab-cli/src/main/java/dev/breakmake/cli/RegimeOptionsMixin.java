package dev.breakmake.cli;

import dev.breakmake.cli.trace.StateAtStep;
import dev.breakmake.cli.trace.TableState;
import dev.breakmake.cli.trace.TraceSource;
import dev.breakmake.translation.register.Regime;
import dev.breakmake.translation.register.RegimeConfiguration;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whose translation to look at, and when; shared by the commands that walk tables. */
final class RegimeOptionsMixin {

    @Option(names = "--step", paramLabel = "N", description = "After this step (default: at the end of the trace).")
    private long step = Long.MAX_VALUE;

    @Option(
            names = "--pe",
            paramLabel = "N",
            defaultValue = "0",
            description = "The PE whose registers are used (default: 0).")
    private int pe;

    @Option(
            names = "--regime",
            paramLabel = "REGIME",
            description = "EL2, EL2_0, EL1_0, STAGE2, HYP or PL1_0 (default: the hypervisor's own).")
    private @Nullable String regime;

    /**
     * A regime of a PE and the memory it walks.
     *
     * @param configuration as its registers configure it
     * @param memory tables
     */
    record View(RegimeConfiguration configuration, TableState memory) {}

    View of(TraceSource source) throws IOException {
        TableState state = StateAtStep.of(source, step);
        if (pe < 0 || pe >= state.pes()) {
            throw CommandFailure.usage("--pe " + pe + ": the trace has PE0 to PE" + (state.pes() - 1), "");
        }
        RegimeConfiguration configuration = state.configuration(pe, regime(state));
        if (configuration.roots().isEmpty()) {
            throw CommandFailure.usage(
                    "PE" + pe + " has no " + configuration.regime() + " root at that step",
                    "choose a later --step or another --regime");
        }
        return new View(configuration, state);
    }

    private Regime regime(TableState state) {
        if (regime == null) {
            return state.hypervisorRegime();
        }
        try {
            return Regime.valueOf(regime.toUpperCase(Locale.ROOT).replace('&', '_'));
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage(
                    "--regime: no regime '" + regime + "'", "known: EL2, EL2_0, EL1_0, STAGE2, HYP, PL1_0");
        }
    }
}
