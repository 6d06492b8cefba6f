package dev.breakmake.lab.scheduler.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SchedulerHealthTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    @Test
    void a_healthy_scheduler_has_no_trouble() {
        assertThat(SchedulerHealth.trouble(-0.3, 10, MINUTE)).isEmpty();
    }

    @Test
    void a_wrong_clock_is_named_with_its_direction() {
        assertThat(SchedulerHealth.trouble(300, 10, MINUTE)).contains("300 s ahead of", "chrony");
        assertThat(SchedulerHealth.trouble(-75.4, 10, MINUTE)).contains("75 s behind");
    }

    @Test
    void upkeep_that_no_longer_reads_the_database_shows() {
        assertThat(SchedulerHealth.trouble(0, 500, MINUTE)).contains("500 s");
    }
}
