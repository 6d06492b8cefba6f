package dev.breakmake.lab.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.breakmake.lab.local.LabSystem.Victim;
import dev.breakmake.testkit.RealImages;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A matrix of real Xen boots and flows while processes die and the network fails, against the same matrix left in peace. The moments are drawn
 * from a seed, which is printed; {@code -Dbreakmake.chaos.seed=N} repeats one.
 */
class ChaosIT {

    private static final Duration PATIENCE = Duration.ofMinutes(20);
    private static final long SEED = Long.getLong("breakmake.chaos.seed", 20261127L);
    private static final List<String> IMAGES =
            List.of("4.14-arm64", "4.17-arm64", "4.20-arm64", "4.14-armhf", "4.17-armhf");

    @TempDir
    Path directory;

    /** What must not depend on luck. */
    record Fact(String verdict, String cause, String outcome, String digest, Map<String, Long> findings) {}

    @Test
    void every_cell_ends_once_and_as_in_peace_whatever_is_killed() throws Exception {
        // 4 presets x 2 architectures x 4 numbers of PEs, and 5 images x 2 numbers of PEs.
        chaos(
                "flows: [arm64/base, arm64/series, arm64/merged, arm64/fixed, arm32/base, arm32/series, arm32/merged,"
                        + " arm32/fixed]",
                "[1, 2, 4, 8]",
                "[1, 2]",
                "[128MiB]",
                8);
    }

    @Test
    @Tag("deep")
    void two_hundred_cells_and_twenty_kills() throws Exception {
        chaos(
                "flows: [arm64/base, arm64/series, arm64/merged, arm64/fixed, arm32/base, arm32/series, arm32/merged,"
                        + " arm32/fixed]",
                "[1, 2, 3, 4, 5, 6, 7, 8]",
                "[1, 2, 3, 4]",
                "[128MiB, 192MiB, 256MiB, 320MiB, 384MiB, 448MiB, 512MiB]",
                24);
    }

    private void chaos(String flows, String flowPes, String imagePes, String memory, int kills) throws Exception {
        System.out.println("chaos seed " + SEED + " (repeat with -Dbreakmake.chaos.seed=" + SEED + ")");
        for (String image : IMAGES) {
            RealImages.require(image, "xen");
        }
        List<String> specifications =
                List.of("""
                    spec:
                      boot: {}
                      matrix:
                        axes:
                          - {name: flow, values: %s}
                          - {name: pes, values: %s}
                      retry: {maxAttempts: 10, initialBackoff: 1s}
                    """.formatted(flows.substring("flows: ".length()), flowPes), """
                        spec:
                          boot: {}
                          matrix:
                            axes:
                              - {name: image, values: [%s]}
                              - {name: pes, values: %s}
                              - {name: memory, values: %s}
                          retry: {maxAttempts: 10, initialBackoff: 1s}
                        """.formatted(
                                "xen-" + String.join(", xen-", IMAGES), imagePes, memory));
        try (LabSystem lab = new LabSystem(directory, Map.of())) {
            for (String image : IMAGES) {
                lab.rest().upload(RealImages.require(image, "xen"), "xen-" + image, "XEN", List.of());
            }
            List<String> calm = submit(lab, specifications);
            for (String run : calm) {
                assertThat(lab.rest().awaitEnd(run, PATIENCE).path("state").asText())
                        .isEqualTo("SUCCEEDED");
            }
            Map<String, Fact> expected = facts(lab, calm);
            assertWorkWasShared(lab, calm, expected.size());

            List<String> stormy = submit(lab, specifications);
            storm(lab, stormy, expected.size(), kills);
            try {
                for (String run : stormy) {
                    assertThat(lab.rest().awaitEnd(run, PATIENCE).path("state").asText())
                            .isEqualTo("SUCCEEDED");
                }
            } catch (AssertionError e) {
                throw new AssertionError(e.getMessage() + "\n" + lab.logs(), e);
            }
            assertThat(facts(lab, stormy)).isEqualTo(expected);
            assertNothingIsTornOrTwice(lab, stormy, expected.size());
        }
    }

    private static List<String> submit(LabSystem lab, List<String> specifications) throws Exception {
        List<String> runs = new ArrayList<>();
        for (String specification : specifications) {
            runs.add(lab.rest()
                    .yaml("/v1/projects/default/runs", specification)
                    .path("name")
                    .asText());
        }
        return runs;
    }

    private static void storm(LabSystem lab, List<String> runs, int cells, int kills) throws Exception {
        SplittableRandom random = new SplittableRandom(SEED);
        List<Victim> victims = lab.victims();
        List<Integer> moments = new ArrayList<>(
                random.ints(kills, 0, cells * 9 / 10).sorted().boxed().toList());
        List<TcpProxy> networks = List.of(lab.toScheduler(), lab.toTraces());
        TcpProxy.Mode[] faults = {TcpProxy.Mode.DELAY, TcpProxy.Mode.CUT, TcpProxy.Mode.HALF_OPEN};
        for (int i = 0; i < kills; i++) {
            int moment = moments.get(i);
            Await.until(
                    moment + " cells have ended\n" + i + " kills so far", PATIENCE, () -> ended(lab, runs) >= moment);
            TcpProxy network = networks.get(i % networks.size());
            network.mode(faults[i % faults.length]);
            Thread.sleep(random.nextInt(400));
            // Each kind dies in turn, beginning anywhere; a second round hits them at other moments.
            Victim victim = victims.get((i + random.nextInt(2) * victims.size()) % victims.size());
            System.out.println(
                    "after " + moment + " cells: kill -9 " + victim.name() + ", network " + faults[i % faults.length]);
            victim.killing().run();
            network.mode(TcpProxy.Mode.PASS);
        }
    }

    private static long ended(LabSystem lab, List<String> runs) throws SQLException {
        try (Connection connection = lab.connect(LabPostgres.LAB);
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("select count(*) from cell c join run r on r.pk = c.run_pk where "
                                + ofRuns(runs) + " and c.verdict <> 0")) {
            row.next();
            return row.getLong(1);
        }
    }

    private static String ofRuns(List<String> runs) {
        List<String> ids = runs.stream()
                .map(run -> "'" + run.substring(run.lastIndexOf('/') + 1) + "'")
                .toList();
        return "r.id in (" + String.join(", ", ids) + ")";
    }

    private static Map<String, Fact> facts(LabSystem lab, List<String> runs) throws IOException, InterruptedException {
        Map<String, Fact> facts = new TreeMap<>();
        for (String run : runs) {
            for (JsonNode cell : lab.rest().cells(run)) {
                Map<String, Long> findings = new TreeMap<>();
                cell.path("findings")
                        .forEach(judged -> findings.put(
                                judged.path("finding").path("fingerprint").asText(),
                                judged.path("finding").path("count").asLong()));
                facts.put(
                        cell.path("parameters").toString(),
                        new Fact(
                                cell.path("verdict").asText(),
                                cell.path("cause").asText(),
                                cell.path("outcome").path("kind").asText(),
                                cell.path("traceDigest").asText(),
                                findings));
            }
        }
        assertThat(facts.values()).allSatisfy(fact -> {
            assertThat(fact.digest()).hasSize(64);
            assertThat(fact.verdict()).isIn("PASSED", "FAILED");
        });
        return facts;
    }

    /** In peace: both schedulers gave work out, nothing was executed twice. */
    private static void assertWorkWasShared(LabSystem lab, List<String> runs, int cells) throws SQLException {
        try (Connection connection = lab.connect(LabPostgres.LAB);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select count(*), count(distinct a.runner), count(distinct a.fence) from attempt a join run r"
                                + " on r.pk = a.run_pk where "
                                + ofRuns(runs))) {
            row.next();
            assertThat(row.getInt(1)).as("attempts").isEqualTo(cells);
            assertThat(row.getInt(2))
                    .as("runners, each at a scheduler of its own")
                    .isEqualTo(2);
            assertThat(row.getInt(3)).as("fences").isEqualTo(cells);
        }
    }

    private static void assertNothingIsTornOrTwice(LabSystem lab, List<String> runs, int cells) throws SQLException {
        try (Connection connection = lab.connect(LabPostgres.LAB);
                Statement statement = connection.createStatement()) {
            String attempts = " from attempt a join run r on r.pk = a.run_pk where " + ofRuns(runs);
            assertThat(number(
                            statement,
                            "select count(*) from queue q join run r on r.pk = q.run_pk where " + ofRuns(runs)))
                    .as("rows left in the queue")
                    .isZero();
            assertThat(number(statement, "select count(*)" + attempts + " and a.verdict in (2, 5)"))
                    .as("attempts with a verdict about the target")
                    .isEqualTo(cells);
            assertThat(number(
                            statement,
                            "select count(distinct (a.run_pk, a.cell))" + attempts + " and a.verdict in (2, 5)"))
                    .as("cells with such an attempt")
                    .isEqualTo(cells);
            assertThat(number(statement, "select count(*)" + attempts + " and a.state = 8 and a.result is not null"))
                    .as("results accepted after the lease was lost")
                    .isZero();
            assertThat(number(statement, """
                select count(*) from (
                    select start_offset, lag(start_offset + length(data)) over (partition by run_pk, cell, attempt order by start_offset) as due
                    from log_part) p where start_offset <> coalesce(due, 0)\
                """))
                    .as("gaps or overlaps" + " in logs")
                    .isZero();
            System.out.println("attempts in the storm: " + number(statement, "select count(*)" + attempts) + " for "
                    + cells + " cells, " + number(statement, "select count(*)" + attempts + " and a.state = 8")
                    + " leases lost");
        }
        try (Connection connection = lab.connect(LabPostgres.TRACE);
                Statement statement = connection.createStatement()) {
            // Traces are stored in pieces of 32 KiB from offset 0; that the bytes are right is what the equal digests
            // say.
            assertThat(number(statement, """
                select count(*) from trace t where state = 2 and exists (
                    select 1 from trace_chunk c where c.trace_id = t.trace_id
                    having count(*) <> (t.size_bytes + 32767) / 32768 or max(c.file_offset) <> (count(*) - 1) * 32768)\
                """))
                    .as("sealed traces with gaps or duplicates")
                    .isZero();
        }
    }

    private static long number(Statement statement, String query) throws SQLException {
        try (ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getLong(1);
        }
    }
}
