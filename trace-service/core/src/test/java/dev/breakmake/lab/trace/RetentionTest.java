package dev.breakmake.lab.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.lab.trace.domain.AttemptName;
import dev.breakmake.lab.trace.domain.Origin;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What proves a finding outlives its class; an open trace goes after a long silence. */
class RetentionTest {

    private static final Duration WEEK = Duration.ofDays(7);
    private static final Duration QUARTER = Duration.ofDays(90);
    private static final Set<String> NAMED = Set.of("short", "default");
    private static final int ALL = 100;

    private final TraceLab lab = new TraceLab();

    /** A trace of a class that shows a violation, so many days old. */
    private AttemptName trace(String name, String retention, int days) {
        AttemptName attempt = TraceLab.attempt(name);
        Scenario scenario = Scenario.booted("engine " + name).violate(0x5100_0000L);
        lab.deliver(attempt, scenario.record().file(), new Origin("", name, "virt", "k", retention), List.of());
        lab.execute("update trace set create_time = now() - interval '" + days + " days' where attempt = '"
                + attempt.value() + "'");
        return attempt;
    }

    private boolean isThere(AttemptName attempt) {
        return lab.number("select count(*) from trace where attempt = '" + attempt.value() + "'") == 1;
    }

    private void sweep() {
        lab.retention.sweep("short", NAMED, WEEK, ALL);
        lab.retention.sweep("default", NAMED, QUARTER, ALL);
        lab.retention.sweep("", NAMED, QUARTER, ALL);
    }

    @Test
    void the_first_and_the_latest_evidence_of_a_finding_stay_and_those_between_go() {
        AttemptName first = trace("first", "short", 400);
        AttemptName second = trace("second", "short", 300);
        AttemptName third = trace("third", "short", 200);
        sweep();
        assertThat(isThere(first)).isTrue();
        assertThat(isThere(second)).isFalse();
        assertThat(isThere(third)).isTrue();
        assertThat(lab.catalogue.findingsJson(lab.id(first))).contains("BBM-OA");
        assertThat(lab.number("select trace_count from finding where rule = 'BBM-OA'"))
                .as("how often it was seen is history")
                .isEqualTo(3);

        // A newer one takes the place of the latest.
        trace("fourth", "short", 100);
        sweep();
        assertThat(isThere(third)).isFalse();
        assertThat(isThere(first)).isTrue();
    }

    @Test
    void an_open_trace_goes_only_after_nothing_came_for_long() {
        byte[] file = Scenario.booted("engine open").record().file();
        AttemptName open = TraceLab.attempt("open");
        lab.append(open, 0, file);
        lab.execute("update trace set create_time = now() - interval '400 days'");
        sweep();
        assertThat(isThere(open)).isTrue();
        assertThat(lab.retention.sweepAbandoned(WEEK, ALL).traces()).isZero();
        lab.execute("update trace set update_time = now() - interval '8 days'");
        assertThat(lab.retention.sweepAbandoned(WEEK, ALL).traces()).isEqualTo(1);
        assertThat(lab.number("select count(*) from chunk")).isZero();
        assertThat(lab.number("select count(*) from trace_tail")).isZero();
    }
}
