package dev.breakmake.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.breakmake.testkit.Programs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Scrape configuration and rules, by Prometheus' own tool. */
class PrometheusFilesTest {

    private static final Path FOLDER = Repository.DEPLOY.resolve("prometheus");

    private static String promtool(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Programs.require("promtool", "prometheus").toString());
        command.addAll(Arrays.asList(arguments));
        Process process = new ProcessBuilder(command)
                .directory(FOLDER.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    @Test
    void configuration_and_rules_are_valid() throws IOException, InterruptedException {
        assertThat(promtool("check", "config", "prometheus.yml")).contains("SUCCESS");
    }

    @Test
    void every_alert_fires_in_its_case_and_is_silent_in_a_healthy_lab() throws IOException, InterruptedException {
        assertThat(promtool("test", "rules", "rules_test.yml")).contains("SUCCESS");
    }

    @Test
    void every_alert_has_a_test_says_what_to_do_and_how_bad_it_is() {
        Set<String> tested = new TreeSet<>();
        for (JsonNode test : Grafana.yaml(FOLDER.resolve("rules_test.yml")).path("tests")) {
            for (JsonNode expected : test.path("alert_rule_test")) {
                if (!expected.path("exp_alerts").isEmpty()) {
                    tested.add(expected.path("alertname").asText());
                }
            }
        }
        for (JsonNode group : Grafana.yaml(FOLDER.resolve("rules.yml")).path("groups")) {
            for (JsonNode rule : group.path("rules")) {
                String name = rule.path("alert").asText();
                assertThat(tested).as("a case in which it fires").contains(name);
                assertThat(rule.path("annotations").path("description").asText())
                        .as(name)
                        .hasSizeGreaterThan(30);
                assertThat(rule.path("labels").path("severity").asText()).isIn("warning", "critical");
            }
        }
    }
}
