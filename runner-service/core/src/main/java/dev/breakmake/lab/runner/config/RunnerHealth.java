package dev.breakmake.lab.runner.config;

import dev.breakmake.lab.runner.domain.RunnerLoop;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Ready while the runner can work: registered, room under its spool, clock as the lab's. A scheduler or trace service that is away for a while (a restart, a new
 * version) is told but leaves the runner ready, because it loses nothing and nobody else could do its work better; in a lab of one process, all of it would
 * count as not ready. What lasts longer than {@code breakmake.runner.outage-tolerance} is a runner that does not work.
 */
@Readiness
@Singleton
public class RunnerHealth implements HealthCheck {

    private final RunnerStart start;
    private final Outage outages;

    RunnerHealth(RunnerStart start) {
        this.start = start;
        this.outages = new Outage(start.outageTolerance(), System::nanoTime);
    }

    @Override
    public HealthCheckResponse call() {
        RunnerLoop loop = start.loop();
        if (loop == null) {
            return HealthCheckResponse.named("runner")
                    .up()
                    .withData("state", "not enabled")
                    .build();
        }
        String trouble = start.trouble(loop);
        String outage = start.outage(loop);
        boolean lasts = outages.lasts(!outage.isEmpty());
        return HealthCheckResponse.named("runner")
                .status(trouble.isEmpty() && !lasts)
                .withData("busy", loop.busy())
                .withData("trouble", !trouble.isEmpty() ? trouble : !outage.isEmpty() ? outage : "none")
                .build();
    }
}
