package dev.breakmake.cli;

import dev.breakmake.cli.flow.AbortWalk;
import dev.breakmake.cli.flow.EffectText;
import dev.breakmake.cli.flow.FlowJson;
import dev.breakmake.cli.flow.FlowText;
import dev.breakmake.cli.flow.LifePicture;
import dev.breakmake.cli.report.json.Json;
import dev.breakmake.cli.terminal.Style;
import dev.breakmake.cli.terminal.Terminal;
import dev.breakmake.engine.flow.FlowName;
import dev.breakmake.engine.flow.FlowOperation;
import dev.breakmake.engine.flow.FlowSpecification;
import dev.breakmake.engine.flow.Mutation;
import dev.breakmake.engine.flow.Patch;
import dev.breakmake.engine.flow.Preset;
import dev.breakmake.engine.flow.Replacement;
import dev.breakmake.engine.flow.Surroundings;
import dev.breakmake.engine.study.FlowStudy;
import dev.breakmake.engine.study.MutationReport;
import dev.breakmake.engine.study.MutationStudy;
import dev.breakmake.engine.study.MutationText;
import dev.breakmake.engine.study.PatchEffect;
import dev.breakmake.translation.CheckerOptions;
import dev.breakmake.translation.rule.Severity;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The series as boot flows: change one decision and see what the architecture says. */
@Command(
        name = "flow",
        description = {FlowCommand.SUMMARY, "No image is needed."},
        mixinStandardHelpOptions = true,
        subcommands = {
            FlowCommand.ListCommand.class,
            FlowCommand.Run.class,
            FlowCommand.Effect.class,
            FlowCommand.Mutate.class
        })
final class FlowCommand implements Runnable {

    /** What the list of commands says of it. */
    static final String SUMMARY =
            "Runs the boot page-table life of a hypervisor, written step by step, against the checker.";

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        CommandLine command = spec.commandLine();
        command.usage(command.getOut());
    }

    /** The decisions there are. */
    @Command(
            name = "list",
            description = "Lists presets, the decisions of the series and the issues it left, and table options.",
            mixinStandardHelpOptions = true)
    static final class ListCommand implements Runnable {
        @Spec
        private CommandSpec spec;

        @Option(names = "--json", description = "One JSON object: {presets[], options[]}.")
        private boolean json;

        @Override
        public void run() {
            PrintWriter out = spec.commandLine().getOut();
            if (json) {
                out.println(Json.write(FlowJson.catalogue()));
            } else {
                FlowText.catalogue().forEach(out::println);
            }
        }
    }

    /** Runs one flow. */
    @Command(
            name = "run",
            description = {
                "Runs one flow with the checker.",
                "Exit code 0: it reaches its end and nothing is found; 1: it stops, or an error is found."
            },
            mixinStandardHelpOptions = true)
    static final class Run implements Callable<Integer> {
        @Spec
        private CommandSpec spec;

        @Mixin
        private FlowOptionsMixin options;

        @Option(names = "--drop", paramLabel = "N", description = "Leaves operation N out (--operations lists them).")
        private @Nullable Integer drop;

        @Option(names = "--swap", paramLabel = "N", description = "Exchanges operation N with the next one of its PE.")
        private @Nullable Integer swap;

        @Option(
                names = "--replace",
                paramLabel = "N:MISTAKE",
                description = "Executes a mistake in place of operation N: other-page, two-halves, other-regime, local,"
                        + " stores-only, non-shareable, dmb, clean, other-lines or other-value.")
        private @Nullable String replace;

        @Option(
                names = "--tlb",
                paramLabel = "POLICY",
                defaultValue = "flush-eagerly",
                description =
                        "What TLBs do where the architecture leaves a choice: flush-eagerly, keep-stale, prefer-old,"
                                + " conflict-abort (default: ${DEFAULT-VALUE}).")
        private String tlb = "flush-eagerly";

        @Option(
                names = "--seed",
                paramLabel = "N",
                defaultValue = "0",
                description =
                        "Draws what TLBs hold and fills registers a boot protocol leaves open; 0: all they may, reset"
                                + " values.")
        private long seed;

        @Option(names = "--operations", description = "Lists the operations with their numbers.")
        private boolean operations;

        @Option(
                names = "--json",
                description = "One JSON object: {flow, tlb, seed, reached, stoppedAt, message, walk, operations,"
                        + " findings}.")
        private boolean json;

        @Override
        public Integer call() {
            FlowSpecification specification = options.specification();
            Surroundings surroundings = surroundings();
            AbortWalk walk = new AbortWalk();
            FlowStudy study = FlowStudy.of(specification, mutation(), surroundings, CheckerOptions.defaults(), walk);
            PrintWriter out = spec.commandLine().getOut();
            if (json) {
                out.println(Json.write(FlowJson.study(study, surroundings, walk.steps())));
            } else {
                if (operations) {
                    for (FlowOperation operation : study.result().operations()) {
                        out.printf("%5d  %s%n", operation.index(), operation.id());
                    }
                    out.println();
                }
                FlowText.study(study, walk.lines(), Terminal.width(), Style.ofOutput())
                        .forEach(out::println);
            }
            boolean errors = study.findings().stream().anyMatch(finding -> finding.severity() == Severity.ERROR);
            return study.result().reached() && !errors ? ExitCode.PASSED : ExitCode.FAILED;
        }

        private Surroundings surroundings() {
            if (seed < 0) {
                throw CommandFailure.usage("--seed " + seed + " is negative", "");
            }
            return new Surroundings(TlbPolicies.named(tlb), seed);
        }

        private Mutation mutation() {
            int given = (drop != null ? 1 : 0) + (swap != null ? 1 : 0) + (replace != null ? 1 : 0);
            if (given > 1) {
                throw CommandFailure.usage("--drop, --swap and --replace exclude each other", "one mutation at a time");
            }
            if (drop != null) {
                return new Mutation.Drop(drop);
            }
            if (swap != null) {
                return new Mutation.Swap(swap);
            }
            return replace == null ? Mutation.NONE : replacement(replace);
        }

        private static Mutation replacement(String text) {
            int colon = text.indexOf(':');
            try {
                if (colon > 0) {
                    String id = text.substring(colon + 1);
                    for (Replacement each : Replacement.values()) {
                        if (each.id().equals(id)) {
                            return new Mutation.Replace(Integer.parseInt(text.substring(0, colon)), each);
                        }
                    }
                }
            } catch (NumberFormatException e) {
                throw CommandFailure.usage(
                        "--replace: '" + text + "' names no operation", "--operations lists them with their numbers");
            }
            throw CommandFailure.usage(
                    "--replace: '" + text + "' is not N:MISTAKE", "breakmake flow run --help lists the mistakes");
        }
    }

    /** One decision, without and with it. */
    @Command(
            name = "effect",
            description = {
                "Runs a flow without and with one decision and says which rules change: a patch of the series on top",
                "of those before it, any other decision on top of what was merged."
            },
            mixinStandardHelpOptions = true)
    static final class Effect implements Runnable {
        @Spec
        private CommandSpec spec;

        @Parameters(
                index = "0",
                paramLabel = "DECISION",
                description = "Name or patch number, for example switch-ttbr or 11 (breakmake flow list).")
        private String decision = "";

        @Parameters(index = "1", paramLabel = "ARCH", description = "arm64 or arm32.")
        private String architecture = "";

        @Option(
                names = "--load-address",
                converter = Sizes.Address.class,
                paramLabel = "PA",
                description = "Physical address of the image; default: 0x40200000.")
        private long loadAddress = FlowSpecification.USUAL_LOAD_ADDRESS;

        @Option(names = "--pes", defaultValue = "2", description = "Number of PEs, 1 to 8; default: 2.")
        private int pes = 2;

        @Option(
                names = "--svg",
                description = "Writes a picture instead: roots, MMU, identity map and findings of both.")
        private boolean svg;

        @Option(names = "--json", description = "One JSON object: {decision, before, after, rules[]}.")
        private boolean json;

        @Override
        public void run() {
            PatchEffect effect;
            try {
                effect = PatchEffect.of(
                        Patch.of(decision),
                        FlowSpecification.of(FlowName.architecture(architecture), Preset.BASE, pes)
                                .at(loadAddress));
            } catch (IllegalArgumentException e) {
                throw CommandFailure.usage(String.valueOf(e.getMessage()), "breakmake flow list shows what there is");
            }
            PrintWriter out = spec.commandLine().getOut();
            if (svg) {
                out.print(LifePicture.of(effect));
                out.flush();
            } else if (json) {
                out.println(Json.write(FlowJson.effect(effect)));
            } else {
                EffectText.of(effect).forEach(out::println);
            }
        }
    }

    /** Runs every single-operation mutation. */
    @Command(
            name = "mutate",
            description = {
                "Leaves out each operation of a flow, exchanges each with the next, and replaces it by what people"
                        + " write instead, one at a time.",
                "Detected: a rule newly fires, the boot stops or its end differs. Harmless: the end is the same under"
                        + " every TLB policy and hand-over, every ordering obligation is met, and a clause of the"
                        + " architecture says why.",
                "Exit code 1: some are neither."
            },
            mixinStandardHelpOptions = true)
    static final class Mutate implements Callable<Integer> {
        @Spec
        private CommandSpec spec;

        @Mixin
        private FlowOptionsMixin options;

        @Option(names = "--json", description = "One JSON object: {total, detected[], harmless[], undetected[]}.")
        private boolean json;

        @Option(names = "--all", description = "Lists detected and harmless mutations too, with rule and clause.")
        private boolean all;

        @Override
        public Integer call() {
            MutationReport report;
            try {
                report = MutationStudy.of(options.specification());
            } catch (IllegalArgumentException e) {
                throw CommandFailure.usage(String.valueOf(e.getMessage()), "mutate a flow that boots");
            }
            PrintWriter out = spec.commandLine().getOut();
            if (json) {
                out.println(Json.write(FlowJson.mutations(report)));
            } else {
                (all ? MutationText.lines(report) : FlowText.mutations(report)).forEach(out::println);
            }
            return report.undetected().isEmpty() ? ExitCode.PASSED : ExitCode.FAILED;
        }
    }
}
