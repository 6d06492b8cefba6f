package dev.breakmake.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What Grafana would stumble over, and what people would miss, before anything runs. */
class DashboardFilesTest {

    private static final Set<String> SOURCES = Set.of("lab-prometheus", "lab-postgres", "trace-postgres");
    /** Panels whose fields all have units of their own, or are words. */
    private static final Set<String> WITHOUT_UNIT = Set.of("table", "status-history", "state-timeline");

    static List<Grafana.Dashboard> dashboards() {
        return Grafana.dashboards();
    }

    @Test
    void the_dashboards_people_expect_are_there_each_with_uid_and_title_of_its_own() {
        List<String> names = dashboards().stream()
                .map(dashboard -> dashboard.file().getFileName().toString())
                .toList();
        assertThat(names)
                .containsExactlyInAnyOrder(
                        "overview.json",
                        "findings.json",
                        "queue.json",
                        "runners.json",
                        "matrix.json",
                        "trace-storage.json",
                        "service-health.json");
        assertThat(dashboards().stream().map(Grafana.Dashboard::uid)).doesNotHaveDuplicates();
        assertThat(dashboards().stream().map(Grafana.Dashboard::title)).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void provisioning_owns_every_dashboard(Grafana.Dashboard dashboard) {
        JsonNode json = dashboard.json();
        assertThat(json.has("id") && json.path("id").isNull()).as("id is null").isTrue();
        assertThat(json.path("editable").asBoolean(true)).as("editable").isFalse();
        assertThat(json.path("schemaVersion").asInt()).isGreaterThanOrEqualTo(39);
        assertThat(dashboard.uid()).matches("lab-[a-z-]+");
        assertThat(json.path("description").asText()).isNotBlank();
        assertThat(json.path("tags").toString()).contains("breakmake");
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void every_panel_says_what_it_shows_in_which_unit_and_from_where(Grafana.Dashboard dashboard) {
        Set<Integer> ids = new HashSet<>();
        Set<String> titles = new HashSet<>();
        for (JsonNode panel : dashboard.panels()) {
            String title = panel.path("title").asText();
            assertThat(title).isNotBlank();
            assertThat(titles.add(title)).as("a second panel '%s'", title).isTrue();
            assertThat(ids.add(panel.path("id").asInt()))
                    .as("id of '%s'", title)
                    .isTrue();
            assertThat(panel.path("description").asText())
                    .as("description of '%s'", title)
                    .hasSizeGreaterThan(15);
            String unit =
                    panel.path("fieldConfig").path("defaults").path("unit").asText();
            assertThat(unit).as("unit of '%s'", title).isNotBlank();
            if (!WITHOUT_UNIT.contains(panel.path("type").asText())) {
                assertThat(unit.equals("none") && title.matches(".*(?i)(bytes|time|age|seconds).*"))
                        .as("'%s' measures something", title)
                        .isFalse();
            }
            assertThat(panel.path("targets")).as("targets of '%s'", title).isNotEmpty();
            for (JsonNode target : panel.path("targets")) {
                assertThat(SOURCES)
                        .as("data source of '%s'", title)
                        .contains(target.path("datasource").path("uid").asText());
                assertThat(target.path("refId").asText()).isNotBlank();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void panels_do_not_cover_each_other(Grafana.Dashboard dashboard) {
        Map<String, String> taken = new HashMap<>();
        for (JsonNode panel : dashboard.panels()) {
            JsonNode place = panel.path("gridPos");
            assertThat(place.path("x").asInt() + place.path("w").asInt()).isLessThanOrEqualTo(24);
            for (int x = 0; x < place.path("w").asInt(); x++) {
                for (int y = 0; y < place.path("h").asInt(); y++) {
                    String square = (place.path("x").asInt() + x) + ","
                            + (place.path("y").asInt() + y);
                    String other = taken.put(square, panel.path("title").asText());
                    assertThat(other)
                            .as("'%s' at %s", panel.path("title").asText(), square)
                            .isNull();
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void rates_use_the_interval_grafana_computes_and_counters_are_never_shown_bare(Grafana.Dashboard dashboard) {
        for (JsonNode panel : dashboard.panels()) {
            for (JsonNode target : panel.path("targets")) {
                String expression = target.path("expr").asText();
                if (expression.contains("rate(") && !expression.contains("[15m]")) {
                    assertThat(expression).contains("$__rate_interval");
                }
                // Agroal's and the JVM's "count" are gauges.
                boolean counter = PromQl.names(expression).stream()
                        .anyMatch(name -> name.matches("(lab|http|grpc)_.*(_total|_count|_sum|_bucket)"));
                if (counter) {
                    assertThat(expression).as(panel.path("title").asText()).contains("rate(");
                }
            }
        }
    }

    @Test
    void data_sources_are_those_that_are_provisioned_and_passwords_come_from_the_environment() {
        JsonNode file = Grafana.yaml(Repository.DEPLOY.resolve("grafana/provisioning/datasources/lab.yaml"));
        List<String> uids = new ArrayList<>();
        for (JsonNode source : file.path("datasources")) {
            uids.add(source.path("uid").asText());
            assertThat(source.path("editable").asBoolean(true)).isFalse();
            JsonNode password = source.path("secureJsonData").path("password");
            assertThat(password.isMissingNode() || password.asText().startsWith("$"))
                    .isTrue();
            if (source.path("type").asText().contains("postgresql")) {
                assertThat(source.path("user").asText())
                        .as("the read-only role")
                        .isEqualTo("lab_reader");
            }
        }
        assertThat(uids).containsExactlyInAnyOrderElementsOf(SOURCES);
    }

    @Test
    void alert_rules_have_uids_of_their_own_and_point_at_panels_that_exist() {
        Map<String, Grafana.Dashboard> byUid = new HashMap<>();
        dashboards().forEach(dashboard -> byUid.put(dashboard.uid(), dashboard));
        Set<String> uids = new HashSet<>();
        assertThat(Grafana.alertRules()).hasSizeGreaterThanOrEqualTo(5).allSatisfy(rule -> {
            assertThat(uids.add(rule.path("uid").asText())).isTrue();
            assertThat(rule.path("annotations").path("summary").asText()).isNotBlank();
            assertThat(rule.path("annotations").path("description").asText()).isNotBlank();
            assertThat(rule.path("labels").path("severity").asText()).isIn("warning", "critical");
            Grafana.Dashboard dashboard = Objects.requireNonNull(
                    byUid.get(rule.path("dashboardUid").asText()),
                    rule.path("uid").asText());
            assertThat(dashboard.panels())
                    .extracting(panel -> panel.path("id").asInt())
                    .contains(rule.path("panelId").asInt());
            List<String> refs = new ArrayList<>();
            rule.path("data").forEach(query -> refs.add(query.path("refId").asText()));
            assertThat(refs).contains(rule.path("condition").asText());
        });
        JsonNode contacts =
                Grafana.yaml(Repository.DEPLOY.resolve("grafana/provisioning/alerting/contact-points.yaml"));
        JsonNode policies = Grafana.yaml(Repository.DEPLOY.resolve("grafana/provisioning/alerting/policies.yaml"));
        assertThat(policies.path("policies").get(0).path("receiver").asText())
                .isEqualTo(contacts.path("contactPoints").get(0).path("name").asText());
    }

    @Test
    void a_dollar_of_a_macro_is_written_twice_in_provisioning_files() {
        assertThat(Grafana.alertRules())
                .allSatisfy(rule -> rule.path("data")
                        .forEach(query -> assertThat(query.path("model")
                                        .path("rawSql")
                                        .asText()
                                        .replace("$$", ""))
                                .as(rule.path("uid").asText())
                                .doesNotContain("$")));
    }
}
