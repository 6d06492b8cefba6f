package dev.breakmake.lab.scheduler.config;

import dev.breakmake.lab.scheduler.domain.LabGauges;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready while upkeep reads the database and the clocks agree. Whether the database answers at all is the data source's own check. */
@Readiness
@Singleton
public final class SchedulerHealth implements HealthCheck {

    private static final Duration OLDEST_READING = Duration.ofMinutes(2);

    private final LabGauges gauges;
    private final Duration tolerance;

    SchedulerHealth(LabGauges gauges, SchedulerSettings settings) {
        this.gauges = gauges;
        this.tolerance = settings.clockTolerance();
    }

    @Override
    public HealthCheckResponse call() {
        String trouble = trouble(gauges.clockSkewSeconds(), gauges.ageSeconds(), tolerance);
        return HealthCheckResponse.named("scheduler")
                .status(trouble.isEmpty())
                .withData("trouble", trouble.isEmpty() ? "none" : trouble)
                .build();
    }

    /** What is wrong, or nothing. */
    static String trouble(double skewSeconds, double ageSeconds, Duration tolerance) {
        if (ageSeconds > OLDEST_READING.toSeconds()) {
            return "upkeep has not read the lab database for " + Math.round(ageSeconds) + " s";
        }
        if (Math.abs(skewSeconds) > tolerance.toSeconds()) {
            return "this machine's clock is " + Math.abs(Math.round(skewSeconds)) + " s "
                    + (skewSeconds > 0 ? "ahead of" : "behind")
                    + " the database's: set it (chrony, ntpd)";
        }
        return "";
    }
}
