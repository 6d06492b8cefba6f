package dev.breakmake.lab.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.lab.v1.Assignment;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class GaugesTest {

    private static final String THREE = """
            {boot: {flow: arm64/enable-mmu}, matrix: {axes: [{name: pes, values: [1, 2, 4]}]}}""";

    private final TestLab lab = new TestLab();

    private double gauge(String name, String... tags) {
        return lab.meters.get(name).tags(tags).gauge().value();
    }

    @Test
    void the_queue_is_counted_by_project_and_platform_with_the_age_of_its_oldest() {
        lab.parts.gauges().measure();
        assertThat(gauge("lab.queue.depth", "project", "default", "platform", "virt"))
                .isZero();
        var _ = lab.run(THREE);
        lab.register("one");
        assertThat(lab.claim("one", 1)).hasSize(1);
        lab.pass(Duration.ofSeconds(90));
        lab.parts.gauges().measure();
        assertThat(gauge("lab.queue.depth", "project", "default", "platform", "virt"))
                .isEqualTo(2);
        assertThat(gauge("lab.queue.leased", "project", "default", "platform", "virt"))
                .isEqualTo(1);
        assertThat(gauge("lab.queue.oldest.age", "project", "default", "platform", "virt"))
                .isBetween(90.0, 150.0);
        assertThat(gauge("lab.runs.open")).isEqualTo(1);
        assertThat(gauge("lab.db.size")).isPositive();
    }

    @Test
    void runners_are_counted_by_state_and_a_silent_one_goes_offline() {
        lab.register("one");
        lab.register("two");
        lab.parts.gauges().measure();
        assertThat(gauge("lab.runners", "state", "ONLINE")).isEqualTo(2);
        assertThat(gauge("lab.runners.health", "health", "UNKNOWN")).isEqualTo(2);
        lab.pass(Duration.ofMinutes(2));
        var _ = lab.sync("two", 1);
        lab.parts.gauges().measure();
        assertThat(gauge("lab.runners", "state", "ONLINE")).isEqualTo(1);
        assertThat(gauge("lab.runners", "state", "OFFLINE")).isEqualTo(1);
    }

    @Test
    void tables_that_change_all_the_time_are_vacuumed_by_the_scheduler_itself() throws Exception {
        lab.register("one");
        var _ = lab.run(THREE);
        lab.claim("one", 3).forEach(work -> lab.complete(work, TestLab.reached(work)));
        lab.parts.upkeep().vacuum();
        try (var connection = lab.database.dataSource().getConnection();
                var statement = connection.createStatement();
                var rows = statement.executeQuery("select count(*) from pg_stat_user_tables where relname in ('queue',"
                        + " 'run_delta') and last_vacuum is not null and last_analyze is not null")) {
            rows.next();
            assertThat(rows.getInt(1)).isEqualTo(2);
        }
    }

    @Test
    void what_ended_cells_leave_in_the_queue_is_swept_once_it_is_much_and_not_before() throws Exception {
        try (var connection = lab.database.dataSource().getConnection();
                var statement = connection.createStatement()) {
            statement.execute("alter table run_delta set (autovacuum_enabled = off)");
            statement.execute("insert into run_delta (run_pk) select generate_series(1, 3000)");
            statement.execute("delete from run_delta");
            awaitDead(statement, 3000);
            lab.parts.upkeep().sweep();
            assertThat(dead(statement)).isEqualTo(3000);

            statement.execute("insert into run_delta (run_pk) select generate_series(1, 3000)");
            statement.execute("delete from run_delta");
            awaitDead(statement, 4000);
            lab.parts.upkeep().sweep();
            awaitDead(statement, 0);
        }
    }

    /** Sessions hand their counts to the statistics when they end a transaction, a second late at most. */
    private static void awaitDead(Statement statement, long rows) throws Exception {
        while (rows == 0 ? dead(statement) > 0 : dead(statement) < rows) {
            Thread.sleep(20);
            statement.execute("select pg_stat_force_next_flush()");
        }
    }

    private static long dead(Statement statement) throws SQLException {
        try (var row =
                statement.executeQuery("select n_dead_tup from pg_stat_user_tables where relname = 'run_delta'")) {
            row.next();
            return row.getLong(1);
        }
    }

    @Test
    void a_clock_that_differs_from_the_databases_shows() {
        lab.parts.gauges().measure();
        assertThat(gauge("lab.clock.skew")).isBetween(-1.0, 1.0);
        lab.pass(Duration.ofMinutes(5));
        lab.parts.gauges().measure();
        assertThat(gauge("lab.clock.skew")).isBetween(-301.0, -299.0);
    }

    @Test
    void an_expired_lease_counts_as_an_attempt_that_was_missed() {
        var _ = lab.run(THREE);
        lab.register("one");
        List<Assignment> held = lab.claim("one", 1);
        var _ = lab.sync("one", 0, held.toArray(Assignment[]::new));
        lab.pass(Duration.ofMinutes(2));
        lab.parts.upkeep().reap();
        assertThat(lab.meters.get("lab.leases.expired").counter().count()).isEqualTo(1);
        assertThat(lab.meters
                        .get("lab.attempts")
                        .tags("verdict", "MISSED", "cause", "INFRASTRUCTURE")
                        .counter()
                        .count())
                .isEqualTo(1);
    }
}
