package dev.breakmake.cli;

import dev.breakmake.cli.flow.FlowJson;
import dev.breakmake.cli.flow.FlowText;
import dev.breakmake.cli.report.json.Json;
import dev.breakmake.engine.flow.FlowOperation;
import dev.breakmake.engine.flow.FlowSpecification;
import dev.breakmake.engine.flow.Mutation;
import dev.breakmake.engine.study.FlowStudy;
import dev.breakmake.engine.study.MutationReport;
import dev.breakmake.engine.study.MutationStudy;
import dev.breakmake.translation.rule.Severity;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The series as boot flows: change one decision and see what the architecture says. */
@Command(
        name = "flow",
        description = {
            "Runs the boot page-table life of a hypervisor, written step by step, against the checker.",
            "No image is needed."
        },
        mixinStandardHelpOptions = true,
        subcommands = {FlowCommand.ListCommand.class, FlowCommand.Run.class, FlowCommand.Mutate.class})
final class FlowCommand implements Runnable {

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
            description = "Lists the decisions of the series and the issues it left, by patch number and name.",
            mixinStandardHelpOptions = true)
    static final class ListCommand implements Runnable {
        @Spec
        private CommandSpec spec;

        @Override
        public void run() {
            FlowText.patches().forEach(spec.commandLine().getOut()::println);
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

        @Option(names = "--operations", description = "Lists the operations with their numbers.")
        private boolean operations;

        @Option(
                names = "--json",
                description = "One JSON object: {flow, reached, stoppedAt, message, operations, findings}.")
        private boolean json;

        @Override
        public Integer call() {
            FlowSpecification specification = options.specification();
            FlowStudy study = FlowStudy.of(specification, mutation());
            PrintWriter out = spec.commandLine().getOut();
            if (json) {
                out.println(Json.write(FlowJson.study(study)));
            } else {
                if (operations) {
                    for (FlowOperation operation : study.result().operations()) {
                        out.printf("%5d  %s%n", operation.index(), operation.id());
                    }
                    out.println();
                }
                FlowText.study(study).forEach(out::println);
            }
            boolean errors = study.findings().stream().anyMatch(finding -> finding.severity() == Severity.ERROR);
            return study.result().reached() && !errors ? ExitCode.PASSED : ExitCode.FAILED;
        }

        private Mutation mutation() {
            if (drop != null && swap != null) {
                throw CommandFailure.usage("--drop and --swap exclude each other", "one mutation at a time");
            }
            if (drop != null) {
                return new Mutation.Drop(drop);
            }
            return swap != null ? new Mutation.Swap(swap) : Mutation.NONE;
        }
    }

    /** Runs every single-operation mutation. */
    @Command(
            name = "mutate",
            description = {
                "Leaves out each operation of a flow, and exchanges each with the next, one at a time.",
                "Says which mutations a rule detects and which the architecture allows.",
                "Exit code 1: some are undetected and no clause is known that allows them."
            },
            mixinStandardHelpOptions = true)
    static final class Mutate implements Callable<Integer> {
        @Spec
        private CommandSpec spec;

        @Mixin
        private FlowOptionsMixin options;

        @Option(names = "--json", description = "One JSON object: {total, detected[], harmless[], undetected[]}.")
        private boolean json;

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
                FlowText.mutations(report).forEach(out::println);
            }
            return report.undetected().isEmpty() ? ExitCode.PASSED : ExitCode.FAILED;
        }
    }
}
