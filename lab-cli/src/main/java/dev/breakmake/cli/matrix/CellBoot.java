package dev.breakmake.cli.matrix;

import dev.breakmake.cli.boot.BootProgress;
import dev.breakmake.cli.boot.BootWatch;
import dev.breakmake.cli.boot.Wanted;
import dev.breakmake.lab.runner.backend.CellBackend;
import dev.breakmake.lab.runner.backend.CellEnd;
import dev.breakmake.lab.runner.backend.CellObserver;
import dev.breakmake.lab.runner.backend.CellWork;
import dev.breakmake.lab.runner.backend.StoppedException;
import dev.breakmake.lab.runner.domain.AttemptFault;
import dev.breakmake.lab.runner.domain.Checks;
import dev.breakmake.lab.scheduler.judge.Judge;
import dev.breakmake.lab.scheduler.judge.Judgement;
import dev.breakmake.lab.v1.AttemptResult;
import dev.breakmake.lab.v1.Cause;
import dev.breakmake.lab.v1.JobSpec;
import dev.breakmake.lab.v1.Phase;
import dev.breakmake.lab.v1.RunnerFault;
import dev.breakmake.lab.v1.TraceReceipt;
import dev.breakmake.translation.finding.SymbolSource;
import dev.breakmake.translation.rule.Profile;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** One cell, executed by the runner's backends and judged by the scheduler's judge, in this process. */
final class CellBoot {

    private final JobSpec spec;
    private final Map<String, String> parameters;
    private final List<String> console = new CopyOnWriteArrayList<>();
    private final AttemptResult.Builder result = AttemptResult.newBuilder();
    private SymbolSource symbols = SymbolSource.NONE;
    private BootWatch.@Nullable Seen seen;

    /**
     * What became of the cell.
     *
     * @param judgement verdict, cause, findings
     * @param result what the runner would have reported
     * @param seen what was seen of the boot, or null if none began
     * @param console what the guest printed
     */
    record Done(Judgement judgement, AttemptResult result, BootWatch.@Nullable Seen seen, List<String> console) {}

    CellBoot(JobSpec spec, Map<String, String> parameters) {
        this.spec = spec;
        this.parameters = parameters;
    }

    /** Executes and judges; {@code cancelled} ends the boot early. */
    Done run(CellBackend backend, CellWork work, BooleanSupplier cancelled, Instant now) throws InterruptedException {
        long deadline = System.nanoTime() + work.bootLimit().toNanos();
        BooleanSupplier stop = () -> cancelled.getAsBoolean() || System.nanoTime() - deadline > 0;
        try {
            boot(backend, work, stop);
        } catch (AttemptFault e) {
            fault(e.blame(), e.detail());
        } catch (StoppedException e) {
            stopped(cancelled.getAsBoolean(), work.bootLimit());
        } catch (IOException e) {
            fault(Cause.CAUSE_INFRASTRUCTURE, String.valueOf(e.getMessage()));
        }
        Optional<TraceReceipt> receipt = Optional.ofNullable(seen).map(Receipts::of);
        return new Done(Judge.judge(spec, parameters, result.build(), receipt, now), result.build(), seen, console);
    }

    private void boot(CellBackend backend, CellWork work, BooleanSupplier stop)
            throws AttemptFault, IOException, InterruptedException {
        try (BootWatch watch =
                new BootWatch(Profile.DEFAULT, null, Wanted.DIGEST, pc -> symbols.at(pc), BootProgress.of(false))) {
            CellEnd end = backend.run(work, new CellObserver(watch, console::add, stop));
            symbols = end.symbols();
            BootWatch.Seen all = watch.finish();
            seen = all.events() == 0 ? null : all;
            result.setOutcome(end.outcome());
            result.addAllChecks(Checks.evaluate(spec.getChecksList(), String.join("\n", console), end.outcome()));
        }
    }

    private void stopped(boolean cancelled, Duration limit) {
        if (cancelled) {
            fault(Cause.CAUSE_CANCELLED, "cancelled");
        } else {
            fault(Cause.CAUSE_TIMEOUT, "the boot was stopped after " + limit.toSeconds() + " s (timeouts.boot)");
        }
    }

    private void fault(Cause cause, String detail) {
        result.setFault(RunnerFault.newBuilder()
                .setCause(cause)
                .setPhase(Phase.PHASE_BOOT)
                .setDetail(detail)
                .setStarted(true));
    }
}
