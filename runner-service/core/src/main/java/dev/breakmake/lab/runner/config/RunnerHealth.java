package dev.breakmake.lab.runner.config;

import dev.breakmake.lab.runner.domain.RunnerLoop;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready while the scheduler and the trace service answer and the clocks agree. */
@Readiness
@Singleton
public class RunnerHealth implements HealthCheck {

    private final RunnerStart start;

    RunnerHealth(RunnerStart start) {
        this.start = start;
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
        return HealthCheckResponse.named("runner")
                .status(trouble.isEmpty())
                .withData("busy", loop.busy())
                .withData("trouble", trouble.isEmpty() ? "none" : trouble)
                .build();
    }
}
