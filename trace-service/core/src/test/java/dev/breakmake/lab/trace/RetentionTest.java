package dev.breakmake.lab.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.lab.trace.domain.AttemptName;
import dev.breakmake.lab.trace.domain.Origin;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Old traces go by their class; what proves a finding and what a person pinned stays. */
class RetentionTest {

    private static final Duration WEEK = Duration.ofDays(7);
    private static final Duration QUARTER = Duration.ofDays(90);
    private static final Set<String> NAMED = Set.of("short", "default");
    private static final int ALL = 100;

    private final TraceLab lab = new TraceLab();
    private int young;

    RetentionTest() {
        anchor();
    }

    /** A young trace: whatever a plain boot shows, this one proves it, so that the others are no evidence of it. */
    private void anchor() {
        lab.deliver(
                TraceLab.attempt("young-" + young++), Scenario.booted().record().file());
    }

    /** A trace of a class, so many days old; its bytes are its own. */
    private AttemptName trace(String name, String retention, int days, boolean broken) {
        AttemptName attempt = TraceLab.attempt(name);
        Scenario scenario = Scenario.booted("engine " + name);
        if (broken) {
            scenario.violate(0x5100_0000L);
        }
        lab.deliver(attempt, scenario.record().file(), new Origin("", name, "virt", "k", retention), List.of());
        lab.execute("update trace set create_time = now() - interval '" + days + " days' where attempt = '"
                + attempt.value() + "'");
        return attempt;
    }

    private boolean isThere(AttemptName attempt) {
        return lab.number("select count(*) from trace where attempt = '" + attempt.value() + "'") == 1;
    }

    private void sweep() {
        anchor();
        lab.retention.sweep("short", NAMED, WEEK, ALL);
        lab.retention.sweep("default", NAMED, QUARTER, ALL);
        lab.retention.sweep("", NAMED, QUARTER, ALL);
    }

    @Test
    void a_class_decides_how_long_a_trace_is_kept_and_its_bytes_go_with_it() {
        AttemptName shortOld = trace("short-old", "short", 8, false);
        AttemptName shortYoung = trace("short-young", "short", 6, false);
        AttemptName usual = trace("usual", "", 8, false);
        AttemptName usualOld = trace("usual-old", "", 91, false);
        AttemptName otherOld = trace("other-old", "nightly", 91, false);
        AttemptName otherYoung = trace("other-young", "nightly", 89, false);
        long chunks = lab.number("select count(*) from chunk");
        sweep();
        assertThat(isThere(shortOld)).isFalse();
        assertThat(isThere(shortYoung)).isTrue();
        assertThat(isThere(usual)).isTrue();
        assertThat(isThere(usualOld)).isFalse();
        assertThat(isThere(otherOld)).isFalse();
        assertThat(isThere(otherYoung)).isTrue();
        assertThat(lab.number("select count(*) from chunk")).isLessThan(chunks);
        assertThat(lab.number("select count(*) from chunk where reference_count = 0"))
                .isZero();
        assertThat(lab.export(shortYoung))
                .isEqualTo(Scenario.booted("engine short-young").record().file());
    }

    @Test
    void the_first_and_the_latest_evidence_of_a_finding_stay_and_those_between_go() {
        AttemptName first = trace("first", "short", 400, true);
        AttemptName second = trace("second", "short", 300, true);
        AttemptName third = trace("third", "short", 200, true);
        sweep();
        assertThat(isThere(first)).isTrue();
        assertThat(isThere(second)).isFalse();
        assertThat(isThere(third)).isTrue();
        assertThat(lab.catalogue.findingsJson(lab.id(first))).contains("BBM-OA");
        assertThat(lab.number("select trace_count from finding where rule = 'BBM-OA'"))
                .as("how often it was seen is history")
                .isEqualTo(3);

        // A newer one takes the place of the latest.
        trace("fourth", "short", 100, true);
        sweep();
        assertThat(isThere(third)).isFalse();
        assertThat(isThere(first)).isTrue();
    }

    @Test
    void what_a_person_pinned_stays() {
        AttemptName pinned = trace("pinned", "short", 400, false);
        lab.execute("update trace set pinned_reason = 'shown to the vendor' where attempt = '" + pinned.value() + "'");
        sweep();
        assertThat(isThere(pinned)).isTrue();
        assertThat(lab.number("select count(*) from v_traces where pinned")).isEqualTo(1);
    }

    @Test
    void bytes_that_another_trace_shares_stay_until_the_last_of_them_goes() {
        long chunks = lab.number("select count(*) from chunk");
        byte[] file = Scenario.booted("engine shared").record().file();
        AttemptName one = TraceLab.attempt("one");
        AttemptName two = TraceLab.attempt("two");
        for (AttemptName attempt : List.of(one, two)) {
            lab.deliver(attempt, file, new Origin("", "i", "virt", "k", "short"), List.of());
        }
        lab.execute("update trace set create_time = now() - interval '30 days' where attempt = '" + one.value() + "'");
        sweep();
        assertThat(isThere(one)).isFalse();
        assertThat(lab.export(two)).isEqualTo(file);
        lab.execute("update trace set create_time = now() - interval '30 days' where attempt = '" + two.value() + "'");
        sweep();
        assertThat(isThere(two)).isFalse();
        assertThat(lab.number("select count(*) from chunk")).isEqualTo(chunks);
    }

    @Test
    void an_open_trace_goes_only_after_nothing_came_for_long() {
        long chunks = lab.number("select count(*) from chunk");
        byte[] file = Scenario.booted("engine open").record().file();
        AttemptName open = TraceLab.attempt("open");
        lab.append(open, 0, file);
        lab.execute("update trace set create_time = now() - interval '400 days' where state = 1");
        sweep();
        assertThat(isThere(open)).isTrue();
        assertThat(lab.retention.sweepAbandoned(WEEK, ALL).traces()).isZero();
        lab.execute("update trace set update_time = now() - interval '8 days' where state = 1");
        assertThat(lab.retention.sweepAbandoned(WEEK, ALL).traces()).isEqualTo(1);
        assertThat(lab.number("select count(*) from chunk")).isEqualTo(chunks);
        assertThat(lab.number("select count(*) from trace_tail")).isZero();
    }
}
