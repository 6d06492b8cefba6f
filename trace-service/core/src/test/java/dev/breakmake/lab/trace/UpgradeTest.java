package dev.breakmake.lab.trace;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import dev.breakmake.lab.testing.Migrations;
import dev.breakmake.lab.testing.TableContents;
import dev.breakmake.lab.trace.domain.AttemptName;
import dev.breakmake.lab.trace.domain.TraceLimits;
import dev.breakmake.trace.v1.ListKnownFindingsRequest;
import dev.breakmake.trace.v1.ListTracesRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Traces stored by every version the database ever had: after the upgrade no value has changed, the same questions get the same answers, and an open trace is finished. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UpgradeTest {

    private static final Migrations MIGRATIONS = new Migrations("db/trace");
    /** Databases made by these files exist: a file of this list never changes again, the next change is a file of its own. */
    private static final Map<String, String> LANDED = Map.of(
            "V1__traces.sql", "fac54eb5cf9feefa153eceae4c0681e37cbff7d7abaa8fa86647bf611edd33ac",
            "V2__views.sql", "493f7864730ad2593af80188ae3172ec4623fea3a4efd505a4834bf8fc9e236f",
            "V3__table_tracks.sql", "2148527c1b9ef2c1d011a5832b3668cc951852aa8665ab614eb1011d754a9ef6");

    private static final AttemptName SEALED = TraceLab.attempt("sealed");
    private static final AttemptName CLEAN = TraceLab.attempt("clean");
    private static final AttemptName OPEN = TraceLab.attempt("open");

    private final byte[] violating =
            Scenario.booted().violate(0x5100_0000L).record().file();
    private final TraceLab lab = usedLab();
    private final TableContents contents = TableContents.of(lab.database);

    private TraceLab usedLab() {
        // With everything a trace can have.
        TraceLab lab = new TraceLab(TraceLab.summarisingFrom(0));
        lab.deliver(SEALED, violating);
        lab.deliver(
                CLEAN,
                Scenario.booted().replaceProperly(1, 0x5200_0000L).record().file());
        lab.append(OPEN, 0, Arrays.copyOf(violating, violating.length / 2));
        return lab;
    }

    static List<String> versions() {
        return MIGRATIONS.versions();
    }

    @ParameterizedTest
    @MethodSource("versions")
    void traces_of_version(String version) {
        Migrations.Older older = MIGRATIONS.older(version, contents);
        assertThat(older.before().rows("trace")).hasSize(3);

        TraceLab upgraded = new TraceLab(TraceLimits.DEFAULT, older.database());

        assertThat(older.now()).isEqualTo(older.before());
        assertThat(answers(upgraded)).isEqualTo(answers(lab));
        assertThat(upgraded.export(SEALED)).isEqualTo(violating);
        int half = violating.length / 2;
        assertThat(upgraded.append(OPEN, half, Arrays.copyOfRange(violating, half, violating.length)))
                .isEqualTo(violating.length);
        assertThat(upgraded.seal
                        .seal(OPEN, TraceLab.LEASE, violating.length, new byte[0], List.of(), List.of())
                        .getReceipt())
                .isNotEmpty();
        assertThat(upgraded.export(OPEN)).isEqualTo(violating);
        assertThat(upgraded.number("select trace_count from finding where rule = 'BBM-OA'"))
                .isEqualTo(2);
    }

    private static List<Message> answers(TraceLab lab) {
        List<Message> answers = new ArrayList<>();
        answers.add(lab.catalogue.traces(
                ListTracesRequest.newBuilder().setParent("projects/xen").build()));
        answers.add(lab.catalogue.findings(
                ListKnownFindingsRequest.newBuilder().setParent("projects/xen").build()));
        for (AttemptName attempt : List.of(SEALED, CLEAN)) {
            long id = lab.id(attempt);
            long last = lab.catalogue.trace("traces/" + id).getStepCount() - 1;
            answers.add(lab.queries.steps(id, 0, 1000, false));
            answers.add(lab.queries.milestones(id));
            for (long step = 0; step <= last; step++) {
                answers.add(lab.queries.diff(id, step, OptionalLong.empty()));
                answers.add(lab.queries.walk(id, step, 0, "", 0));
                answers.add(lab.queries.map(id, step, 0, ""));
            }
            answers.add(lab.queries.changes(id, 0, "", 0, 100));
        }
        return answers;
    }

    @Test
    void migrations_that_have_landed_never_change() {
        assertThat(MIGRATIONS.digests(lab.database))
                .as("a new migration is added to this list when it lands; a landed one is never edited")
                .isEqualTo(LANDED);
    }
}
