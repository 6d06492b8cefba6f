package dev.breakmake.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.breakmake.testkit.Programs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** docker-compose.yml, as text and as docker-compose understands it. {@code deploy/check} really starts it. */
class ComposeTest {

    private static final Path FILE = Repository.ROOT.resolve("docker-compose.yml");
    private static final Path EXAMPLE = Repository.ROOT.resolve(".env.example");
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Z_]+)(:[-?][^}]*)?}");
    private static final Set<String> SERVICES =
            Set.of("postgres", "scheduler", "traces", "runner-1", "runner-2", "prometheus", "grafana");

    /** The services with anchors merged and variables filled in from the example environment. */
    private static JsonNode resolved() {
        Map<String, String> example = example();
        String text = VARIABLE.matcher(Repository.text(FILE)).replaceAll(match -> {
            String rest = match.group(2);
            String fallback = rest != null && rest.startsWith(":-") ? rest.substring(2) : "";
            return Matcher.quoteReplacement(example.getOrDefault(match.group(1), fallback));
        });
        Object document = new Yaml(new SafeConstructor(new LoaderOptions())).load(text);
        return new ObjectMapper().valueToTree(document).path("services");
    }

    private static Map<String, String> example() {
        Map<String, String> example = new TreeMap<>();
        Repository.text(EXAMPLE)
                .lines()
                .filter(line -> line.matches("[A-Z_]+=.*"))
                .forEach(line -> {
                    int split = line.indexOf('=');
                    example.put(line.substring(0, split), line.substring(split + 1));
                });
        return example;
    }

    @Test
    @Tag("deep")
    void docker_compose_itself_finds_it_valid() throws IOException, InterruptedException {
        String program = Programs.require("docker-compose", "docker-compose").toString();
        Process process = new ProcessBuilder(
                        program, "-f", FILE.toString(), "--env-file", EXAMPLE.toString(), "config", "-q")
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }

    @Test
    void it_has_every_service_with_limits_on_loopback_only() {
        JsonNode services = resolved();
        Set<String> names = new TreeSet<>();
        services.fieldNames().forEachRemaining(names::add);
        assertThat(names).containsExactlyInAnyOrderElementsOf(SERVICES);
        services.forEach(service -> {
            assertThat(service.path("restart").asText()).isEqualTo("unless-stopped");
            assertThat(service.has("mem_limit"))
                    .as("a memory limit: " + service)
                    .isTrue();
            assertThat(service.path("logging").path("options").has("max-size")).isTrue();
            for (JsonNode port : service.path("ports")) {
                assertThat(port.asText()).as("published on loopback").startsWith("127.0.0.1:");
            }
            for (JsonNode volume : service.path("volumes")) {
                String text = volume.asText();
                if (text.startsWith(".")) {
                    assertThat(Repository.ROOT.resolve(text.substring(0, text.indexOf(':'))))
                            .as("what is mounted")
                            .exists();
                    assertThat(text).as("the machine's files are read only").endsWith(":ro");
                }
            }
        });
    }

    @Test
    void our_services_run_without_privileges() {
        JsonNode services = resolved();
        for (String name : List.of("scheduler", "traces", "runner-1", "runner-2", "prometheus", "grafana")) {
            JsonNode service = services.path(name);
            assertThat(service.path("cap_drop").toString()).as(name).contains("ALL");
            assertThat(service.path("security_opt").toString()).as(name).contains("no-new-privileges");
        }
        String dockerfile = Repository.text(Repository.DEPLOY.resolve("images/Dockerfile"));
        for (String target : List.of("scheduler", "traces", "runner")) {
            String stage = dockerfile.substring(dockerfile.indexOf("FROM java AS " + target));
            int next = stage.indexOf("\nFROM ", 1);
            String own = next < 0 ? stage : stage.substring(0, next);
            assertThat(own).as(target).contains("USER 10001:10001").contains("HEALTHCHECK");
        }
    }

    @Test
    void every_variable_without_a_default_is_in_the_example_and_every_secret_is_one() {
        Map<String, String> example = example();
        Set<String> required = new TreeSet<>();
        List<String> secretsWithDefault = new ArrayList<>();
        Matcher matcher = VARIABLE.matcher(Repository.text(FILE));
        while (matcher.find()) {
            String rest = matcher.group(2) == null ? "" : matcher.group(2);
            if (!rest.startsWith(":-")) {
                required.add(matcher.group(1));
            } else if (matcher.group(1).matches(".*(PASSWORD|TOKEN|KEY|SECRET).*")) {
                secretsWithDefault.add(matcher.group(1));
            }
        }
        assertThat(secretsWithDefault).isEmpty();
        assertThat(required).isNotEmpty();
        assertThat(example.keySet()).containsExactlyInAnyOrderElementsOf(required);
    }

    @Test
    void the_images_have_the_version_of_the_build() {
        Matcher version = Pattern.compile("<version>([^<]+)</version>")
                .matcher(Repository.text(Repository.ROOT.resolve("pom.xml")));
        assertThat(version.find()).isTrue();
        Matcher used = Pattern.compile("\\$\\{BREAKMAKE_VERSION:-([^}]+)}").matcher(Repository.text(FILE));
        int images = 0;
        while (used.find()) {
            assertThat(used.group(1)).isEqualTo(version.group(1));
            images++;
        }
        assertThat(images).isEqualTo(3);
    }

    @Test
    void prometheus_scrapes_the_services_of_this_file() {
        String compose = Repository.text(FILE);
        JsonNode config = Grafana.yaml(Repository.DEPLOY.resolve("prometheus/prometheus.yml"));
        for (JsonNode job : config.path("scrape_configs")) {
            for (JsonNode target : job.path("static_configs").get(0).path("targets")) {
                String host = target.asText().replaceAll(":.*", "");
                if (!host.equals("localhost")) {
                    assertThat(compose).containsPattern("(?m)^  " + host + ":");
                }
            }
        }
    }
}
