package dev.breakmake.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.breakmake.testkit.RealImages;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The three services execute two nights of real Xen boots, the second on another Xen under the same tag; then every query of every panel and alert is run, as the
 * read-only role, on what the services wrote, and every metric named anywhere is looked for in what they show.
 */
@QuarkusTest
@WithTestResource(LabResource.class)
class LabOnRealRunsTest {

    private static final String JOB = """
            displayName: Nightly
            labels: {branch: main}
            spec:
              boot: {image: xen-under-test, memory: 128MiB}
              matrix: {axes: [{name: pes, values: [1, 2]}]}
              timeouts: {boot: 240s}
            """;
    /** Nothing flaky or stuck can be made on purpose, and a healthy lab has no dead or slow things. */
    private static final Set<String> MAY_BE_EMPTY = Set.of("Flaky cells");

    private static boolean ready;
    private static String secondNight = "";

    private final LabDriver lab = new LabDriver(ConfigProvider.getConfig().getValue("test.url", URI.class));

    @BeforeEach
    void execute() {
        if (ready) {
            return;
        }
        lab.post("/v1/projects/default/jobs?jobId=nightly", "application/yaml", JOB);
        lab.post("/v1/projects/default/subscriptions?subscriptionId=ci", """
                {"url": "http://127.0.0.1:1/hook", "events": ["RUN_ENDED", "NEW_FINDINGS"], "secret": "sixteen characters or more"}""");
        lab.post("/v1/projects/default/schedules?scheduleId=nightly", """
                {"job": "projects/default/jobs/nightly", "cron": "0 1 29 2 *", "timeZone": "Europe/London"}""");
        lab.upload("4.20-arm64", "xen-under-test");
        night();
        lab.upload("4.17-arm64", "xen-under-test");
        JsonNode second = night();
        secondNight = second.path("name").asText();
        assertThat(second.path("baselineRun").asText()).as("the night before").isNotEmpty();
        assertThat(second.path("verdict").asText()).isEqualTo("FAILED");
        // Waits for ever: for the panels on what waits.
        lab.post("/v1/projects/default/runs", """
                {"spec": {"boot": {"image": "xen-under-test"}, "requiredLabels": ["a-label-nobody-has"]}}""");
        lab.await(
                "/v1/projects/default/subscriptions/ci/deliveries",
                list -> list.path("deliveries").size() >= 3
                        && list.toString().contains("no answer")
                        && list.toString().contains("NEW_FINDINGS"));
        ready = true;
    }

    private JsonNode night() {
        String run = lab.post("/v1/projects/default/schedules/nightly:trigger", "{}")
                .path("name")
                .asText();
        return lab.await("/v1/" + run, seen -> seen.path("state").asText().equals("SUCCEEDED"));
    }

    private static Connection reader(String source) throws SQLException {
        String name = source.equals("trace-postgres") ? "trace" : "lab";
        String url = ConfigProvider.getConfig().getValue("quarkus.datasource." + name + ".jdbc.url", String.class);
        Connection connection = DriverManager.getConnection(url, LabResource.READER, LabResource.READER_PASSWORD);
        connection.setReadOnly(true);
        return connection;
    }

    private record Column(String name, int type) {
        boolean isTime() {
            return type == Types.TIMESTAMP || type == Types.TIMESTAMP_WITH_TIMEZONE || isNumber();
        }

        boolean isNumber() {
            return Set.of(Types.DOUBLE, Types.INTEGER, Types.BIGINT, Types.NUMERIC, Types.REAL, Types.SMALLINT)
                    .contains(type);
        }
    }

    private record Answer(List<Column> columns, List<List<String>> rows) {}

    private static Answer ask(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            ResultSetMetaData meta = rows.getMetaData();
            List<Column> columns = new ArrayList<>();
            for (int i = 1; i <= meta.getColumnCount(); i++) {
                columns.add(new Column(meta.getColumnLabel(i), meta.getColumnType(i)));
            }
            List<List<String>> found = new ArrayList<>();
            while (rows.next()) {
                List<String> row = new ArrayList<>();
                for (int i = 1; i <= columns.size(); i++) {
                    row.add(String.valueOf(rows.getString(i)));
                }
                found.add(row);
            }
            return new Answer(columns, found);
        }
    }

    private static Macros macros(Map<String, List<String>> variables) {
        Instant now = Instant.now();
        return new Macros(now.minus(Duration.ofDays(1)), now.plus(Duration.ofDays(1)), variables);
    }

    /** The dashboard's variables with the values their queries give; of a variable with one value, the first. */
    private static Map<String, List<String>> variables(Grafana.Dashboard dashboard) throws SQLException {
        Map<String, List<String>> values = new LinkedHashMap<>();
        for (JsonNode variable : dashboard.variables()) {
            try (Connection connection =
                    reader(variable.path("datasource").path("uid").asText())) {
                List<String> found =
                        ask(
                                        connection,
                                        macros(values)
                                                .expand(variable.path("query").asText()))
                                .rows()
                                .stream()
                                .map(List::getFirst)
                                .toList();
                assertThat(found)
                        .as("variable %s of %s", variable.path("name"), dashboard)
                        .isNotEmpty();
                boolean multi = variable.path("multi").asBoolean();
                values.put(variable.path("name").asText(), multi ? found : found.subList(0, 1));
            }
        }
        // "Compared with" is the other night.
        values.computeIfPresent("base", (name, nights) -> List.of("none-of-them"));
        return values;
    }

    @Test
    void every_query_of_every_panel_runs_as_the_reader_and_gives_the_columns_its_panel_needs() throws SQLException {
        List<String> empty = new ArrayList<>();
        int queries = 0;
        for (Grafana.Dashboard dashboard : Grafana.dashboards()) {
            Map<String, List<String>> variables = variables(dashboard);
            for (JsonNode panel : dashboard.panels()) {
                for (JsonNode target : panel.path("targets")) {
                    if (!target.has("rawSql")) {
                        continue;
                    }
                    String where = dashboard + ": " + panel.path("title").asText();
                    try (Connection connection =
                            reader(target.path("datasource").path("uid").asText())) {
                        String sql =
                                macros(variables).expand(target.path("rawSql").asText());
                        Answer answer = ask(connection, sql);
                        check(where, panel, target, answer);
                        queries++;
                        if (answer.rows().isEmpty()
                                && !MAY_BE_EMPTY.contains(panel.path("title").asText())) {
                            empty.add(where);
                        }
                    } catch (SQLException e) {
                        throw new SQLException(where + ": " + e.getMessage(), e);
                    }
                }
            }
        }
        assertThat(empty).as("panels that show nothing after two nights").isEmpty();
        assertThat(queries).isGreaterThan(25);
    }

    private static void check(String where, JsonNode panel, JsonNode target, Answer answer) {
        List<String> names = answer.columns().stream().map(Column::name).toList();
        assertThat(names).as(where).doesNotHaveDuplicates();
        if (target.path("format").asText().equals("time_series")) {
            assertThat(names).as(where).contains("time");
            assertThat(answer.columns().get(names.indexOf("time")).isTime())
                    .as("time of " + where)
                    .isTrue();
            assertThat(answer.columns().stream().filter(column -> !column.name().equals("time") && column.isNumber()))
                    .as("a number in " + where)
                    .isNotEmpty();
            int time = names.indexOf("time");
            assertThat(answer.rows().stream().map(row -> row.get(time)).toList())
                    .as("order of " + where)
                    .isSorted();
        }
        String type = panel.path("type").asText();
        if (type.equals("stat")) {
            assertThat(answer.columns().stream().anyMatch(Column::isNumber))
                    .as(where)
                    .isTrue();
        }
        String x = panel.path("options").path("xField").asText();
        if (!x.isEmpty()) {
            assertThat(names).as(where).contains(x);
        }
        panel.path("fieldConfig")
                .path("overrides")
                .forEach(override -> assertThat(names)
                        .as("fields of " + where)
                        .contains(override.path("matcher").path("options").asText()));
    }

    @Test
    void every_query_of_every_alert_runs_as_the_reader_and_gives_one_number() throws SQLException {
        int queries = 0;
        for (JsonNode rule : Grafana.alertRules()) {
            for (JsonNode query : rule.path("data")) {
                if (!query.path("model").has("rawSql")) {
                    continue;
                }
                try (Connection connection = reader(query.path("datasourceUid").asText())) {
                    Answer answer = ask(connection, macros(Map.of()).expand(Grafana.sqlOfAlert(query)));
                    assertThat(answer.columns()).as(rule.path("uid").asText()).hasSize(1);
                    assertThat(answer.columns().getFirst().isNumber()).isTrue();
                    assertThat(answer.rows()).hasSize(1);
                    queries++;
                    if (rule.path("uid").asText().equals("lab-new-error")) {
                        assertThat(Double.parseDouble(answer.rows().getFirst().getFirst()))
                                .as("4.17 has errors 4.20 has not")
                                .isPositive();
                    }
                }
            }
        }
        assertThat(queries).isGreaterThanOrEqualTo(5);
    }

    @Test
    void the_grid_shows_both_nights_and_the_comparison_what_changed_between_them() throws SQLException {
        try (Connection connection = reader("lab-postgres")) {
            assertThat(ask(connection, "select distinct run from v_lab_cells where schedule = 'nightly'")
                            .rows())
                    .hasSize(2);
            Answer changes = ask(
                    connection,
                    "select change, rule, symbol from v_lab_finding_changes where rule = 'REG-TTBR' and change = 'NEW'");
            assertThat(changes.rows())
                    .as("Xen 4.17 replaces the live root, 4.20 does not")
                    .isNotEmpty();
        }
    }

    @Test
    void rest_compares_the_two_nights() {
        JsonNode comparison = lab.get("/v1/" + secondNight + ":compare");
        assertThat(comparison.path("baseRun").asText()).isNotEmpty().isNotEqualTo(secondNight);
        int compared = 0;
        for (JsonNode count : comparison.path("counts")) {
            compared += count.asInt();
        }
        assertThat(compared).as(comparison.toString()).isPositive();
        assertThat(comparison.path("cells")).as(comparison.toString()).isNotEmpty();
    }

    @Test
    void the_nightly_setup_fills_a_lab_and_may_be_run_again() throws IOException, InterruptedException {
        RealImages.require("4.14-armhf", "xen");
        for (int i = 0; i < 2; i++) {
            ProcessBuilder setup = new ProcessBuilder(
                            Repository.DEPLOY.resolve("nightly/setup").toString(),
                            ConfigProvider.getConfig()
                                    .getValue("test.url", String.class)
                                    .replaceAll("/$", ""))
                    .redirectErrorStream(true);
            setup.environment().put("BREAKMAKE_CRON", "0 1 29 2 *");
            Process process = setup.start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(output).isZero();
            assertThat(output).contains("nightly-images: 320 cells", "nightly-load-addresses: 60", "nightly-flows: 72");
        }
        assertThat(lab.get("/v1/projects/default/schedules/nightly-flows")
                        .path("nextRunTime")
                        .asText())
                .isNotEmpty();
    }

    @Test
    void the_reader_reads_views_and_nothing_else() throws SQLException {
        for (String[] forbidden : new String[][] {
            {"lab-postgres", "select secret from subscription"},
            {"lab-postgres", "select data from image_part"},
            {"lab-postgres", "delete from run"},
            {"trace-postgres", "select body from chunk"},
            {"trace-postgres", "create table mine (x int)"}
        }) {
            try (Connection connection = reader(forbidden[0])) {
                assertThatThrownBy(() -> ask(connection, forbidden[1]))
                        .as(forbidden[1])
                        .isInstanceOf(SQLException.class)
                        .hasMessageMatching("(?s).*(permission denied|read-only transaction).*");
            }
        }
    }

    @Test
    void every_metric_of_every_panel_and_rule_is_in_a_real_scrape() {
        System.gc(); // so that there was a pause
        Map<String, String> wanted = new LinkedHashMap<>();
        for (Grafana.Dashboard dashboard : Grafana.dashboards()) {
            dashboard
                    .panels()
                    .forEach(panel -> panel.path("targets")
                            .forEach(target -> PromQl.names(target.path("expr").asText())
                                    .forEach(name -> wanted.put(
                                            name,
                                            dashboard + ": "
                                                    + panel.path("title").asText()))));
        }
        for (JsonNode group :
                Grafana.yaml(Repository.DEPLOY.resolve("prometheus/rules.yml")).path("groups")) {
            group.path("rules")
                    .forEach(rule -> PromQl.names(rule.path("expr").asText())
                            .forEach(name -> wanted.put(
                                    name, "rule " + rule.path("alert").asText())));
        }
        assertThat(wanted).hasSizeGreaterThan(35);
        // A rate or a gauge may be read a few seconds after the start.
        String scrape = lab.awaitText("/metrics", text -> names(text).containsAll(wanted.keySet()));
        wanted.keySet().removeAll(names(scrape));
        assertThat(wanted).as("names nobody shows").isEmpty();
    }

    private static Set<String> names(String scrape) {
        Set<String> shown = new TreeSet<>();
        scrape.lines().filter(line -> !line.startsWith("#")).forEach(line -> shown.add(line.replaceAll("[ {].*", "")));
        return shown;
    }

    @Test
    void every_metric_of_the_lab_has_a_help_text_and_none_is_tagged_by_run_or_cell() {
        String scrape = lab.text("/metrics");
        Set<String> helped = new TreeSet<>();
        scrape.lines()
                .filter(line -> line.startsWith("# HELP lab_"))
                .filter(line -> line.split(" ", 4).length == 4 && line.split(" ", 4)[3].length() > 10)
                .forEach(line -> helped.add(line.split(" ", 4)[2]));
        scrape.lines().filter(line -> line.startsWith("lab_")).forEach(line -> {
            String name = line.replaceAll("[ {].*", "");
            assertThat(helped.stream().anyMatch(name::startsWith))
                    .as("help of " + name)
                    .isTrue();
        });
        assertThat(scrape)
                .doesNotContain("projects/default")
                .doesNotContainPattern("(run|cell|attempt)=\"[^\"]*[0-9a-f]{8}");
        assertThat(scrape.lines()
                        .filter(line -> line.startsWith("http_server_requests_seconds_count"))
                        .count())
                .as("paths with names in them are one series each")
                .isLessThan(60);
    }
}
