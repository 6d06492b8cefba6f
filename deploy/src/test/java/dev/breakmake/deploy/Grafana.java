package dev.breakmake.deploy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The provisioned dashboards and alert rules, as far as tests look at them. */
final class Grafana {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    private Grafana() {}

    /** A dashboard file. */
    record Dashboard(Path file, JsonNode json) {

        String uid() {
            return json.path("uid").asText();
        }

        String title() {
            return json.path("title").asText();
        }

        List<JsonNode> panels() {
            List<JsonNode> panels = new ArrayList<>();
            json.path("panels").forEach(panels::add);
            return panels;
        }

        List<JsonNode> variables() {
            List<JsonNode> variables = new ArrayList<>();
            json.path("templating").path("list").forEach(variables::add);
            return variables;
        }

        @Override
        public String toString() {
            return title();
        }
    }

    static List<Dashboard> dashboards() {
        return Repository.files("grafana/dashboards", ".json").stream()
                .map(file -> new Dashboard(file, json(file)))
                .toList();
    }

    /** The rules of every group, dollars as Grafana sees them after the environment is filled in. */
    static List<JsonNode> alertRules() {
        List<JsonNode> rules = new ArrayList<>();
        JsonNode file = yaml(Repository.DEPLOY.resolve("grafana/provisioning/alerting/rules.yaml"));
        file.path("groups").forEach(group -> group.path("rules").forEach(rules::add));
        return rules;
    }

    /** SQL of a query in a provisioning file: a dollar stands there twice. */
    static String sqlOfAlert(JsonNode query) {
        return query.path("model").path("rawSql").asText().replace("$$", "$");
    }

    static JsonNode json(Path file) {
        try {
            return JSON.readTree(Repository.text(file));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(file + " is no JSON: " + e.getOriginalMessage(), e);
        }
    }

    static JsonNode yaml(Path file) {
        try {
            return YAML.readTree(Repository.text(file));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(file + " is no YAML: " + e.getOriginalMessage(), e);
        }
    }
}
