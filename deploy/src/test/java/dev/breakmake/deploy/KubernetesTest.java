package dev.breakmake.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The manifests, read into the API's own types with nothing left over. */
class KubernetesTest {

    private static final Map<String, Class<? extends HasMetadata>> TYPES = Map.of(
            "v1/Namespace", Namespace.class,
            "v1/ConfigMap", ConfigMap.class,
            "v1/Service", Service.class,
            "apps/v1/Deployment", Deployment.class,
            "policy/v1/PodDisruptionBudget", PodDisruptionBudget.class,
            "networking.k8s.io/v1/NetworkPolicy", NetworkPolicy.class);

    /** The models take unknown fields into a map of leftovers; here they are mistakes. */
    private static final ObjectMapper STRICT = new ObjectMapper(new YAMLFactory())
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .setAnnotationIntrospector(new JacksonAnnotationIntrospector() {
                private static final long serialVersionUID = 1L;

                @Override
                public Boolean hasAnySetter(Annotated annotated) {
                    return Boolean.FALSE;
                }
            });

    /** What KEDA's ScaledObject (keda.sh/v1alpha1) takes, as far as it is used here; there are no models of it among the API's own. */
    record ScaledObject(String apiVersion, String kind, Metadata metadata, Spec spec) {
        record Metadata(String name, String namespace) {}

        record Spec(
                Target scaleTargetRef,
                Integer minReplicaCount,
                Integer maxReplicaCount,
                Integer pollingInterval,
                Integer cooldownPeriod,
                Fallback fallback,
                List<Trigger> triggers) {}

        record Target(String name) {}

        record Fallback(int failureThreshold, int replicas) {}

        record Trigger(String type, Map<String, String> metadata) {}
    }

    private static List<JsonNode> documents() throws IOException {
        List<JsonNode> documents = new ArrayList<>();
        for (Path file : Repository.files("kubernetes", ".yaml")) {
            try (MappingIterator<JsonNode> parts =
                    STRICT.readerFor(JsonNode.class).readValues(file.toFile())) {
                documents.addAll(parts.readAll());
            }
        }
        return documents;
    }

    private static String type(JsonNode document) {
        return document.path("apiVersion").asText() + "/"
                + document.path("kind").asText();
    }

    private static <T extends HasMetadata> List<T> all(Class<T> type) throws IOException {
        List<T> found = new ArrayList<>();
        for (JsonNode document : documents()) {
            if (type.equals(TYPES.get(type(document)))) {
                found.add(STRICT.treeToValue(document, type));
            }
        }
        return found;
    }

    private static ScaledObject scaling() throws IOException {
        for (JsonNode document : documents()) {
            if (document.path("kind").asText().equals("ScaledObject")) {
                return STRICT.treeToValue(document, ScaledObject.class);
            }
        }
        throw new IllegalStateException("no ScaledObject");
    }

    @Test
    void every_document_is_of_a_known_kind_and_has_no_unknown_field() throws IOException {
        Set<String> names = new TreeSet<>();
        for (JsonNode document : documents()) {
            if (document.path("kind").asText().equals("ScaledObject")) {
                assertThat(scaling().apiVersion()).isEqualTo("keda.sh/v1alpha1");
                continue;
            }
            Class<? extends HasMetadata> type = TYPES.get(type(document));
            assertThat(type).as(type(document)).isNotNull();
            HasMetadata read = STRICT.treeToValue(document, type);
            assertThat(names.add(read.getKind() + " " + read.getMetadata().getName()))
                    .isTrue();
            if (!read.getKind().equals("Namespace")) {
                assertThat(read.getMetadata().getNamespace()).isEqualTo("breakmake");
            }
        }
        assertThat(names)
                .contains("Deployment scheduler", "Deployment traces", "Deployment runner", "Service scheduler");
    }

    @Test
    void a_misspelt_field_is_noticed() {
        assertThatThrownBy(() -> STRICT.readValue("""
                        apiVersion: apps/v1
                        kind: Deployment
                        spec: {replcas: 2}
                        """, Deployment.class)).hasMessageContaining("replcas");
    }

    @Test
    void pods_run_without_root_with_limits_and_probes() throws IOException {
        for (Deployment deployment : all(Deployment.class)) {
            PodSpec pod = deployment.getSpec().getTemplate().getSpec();
            String name = deployment.getMetadata().getName();
            assertThat(pod.getSecurityContext().getRunAsNonRoot()).as(name).isTrue();
            assertThat(pod.getAutomountServiceAccountToken()).as(name).isFalse();
            assertThat(deployment.getSpec().getTemplate().getMetadata().getLabels())
                    .containsAllEntriesOf(deployment.getSpec().getSelector().getMatchLabels());
            for (Container container : pod.getContainers()) {
                assertThat(container.getResources().getLimits()).containsKey("memory");
                assertThat(container.getResources().getRequests()).containsKeys("memory", "cpu");
                assertThat(container.getReadinessProbe().getHttpGet().getPath()).isEqualTo("/health/ready");
                assertThat(container.getLivenessProbe()).isNotNull();
                assertThat(container.getSecurityContext().getReadOnlyRootFilesystem())
                        .isTrue();
                assertThat(container.getSecurityContext().getCapabilities().getDrop())
                        .containsExactly("ALL");
                assertThat(container.getEnv())
                        .filteredOn(variable -> variable.getName().matches(".*(PASSWORD|SECRET|TOKEN|KEY)$"))
                        .isNotEmpty()
                        .allSatisfy(secret -> assertThat(secret.getValueFrom().getSecretKeyRef())
                                .as(secret.getName())
                                .isNotNull());
            }
        }
    }

    @Test
    void services_find_pods_and_runners_find_services() throws IOException {
        List<Deployment> deployments = all(Deployment.class);
        Set<String> addresses = new TreeSet<>();
        for (Service service : all(Service.class)) {
            assertThat(deployments)
                    .anySatisfy(deployment -> assertThat(deployment
                                    .getSpec()
                                    .getTemplate()
                                    .getMetadata()
                                    .getLabels())
                            .containsAllEntriesOf(service.getSpec().getSelector()));
            addresses.add(service.getMetadata().getName() + ":"
                    + service.getSpec().getPorts().getFirst().getPort());
        }
        deployments.stream()
                .filter(deployment -> deployment.getMetadata().getName().equals("runner"))
                .flatMap(
                        runner -> runner.getSpec().getTemplate().getSpec().getContainers().getFirst().getEnv().stream())
                .filter(variable -> variable.getName().matches(".*_(SCHEDULER|TRACES)"))
                .forEach(variable -> assertThat(addresses).contains(variable.getValue()));
    }

    @Test
    void runners_scale_on_a_metric_the_scheduler_shows_and_have_no_fixed_number() throws IOException {
        ScaledObject scaling = scaling();
        Deployment runner = all(Deployment.class).stream()
                .filter(deployment -> deployment
                        .getMetadata()
                        .getName()
                        .equals(scaling.spec().scaleTargetRef().name()))
                .findFirst()
                .orElseThrow();
        assertThat(runner.getSpec().getReplicas()).as("KEDA decides").isNull();
        ScaledObject.Trigger trigger = scaling.spec().triggers().getFirst();
        assertThat(trigger.type()).isEqualTo("prometheus");
        assertThat(trigger.metadata()).containsOnlyKeys("serverAddress", "query", "threshold", "activationThreshold");
        assertThat(PromQl.names(trigger.metadata().getOrDefault("query", "")))
                .containsExactly("lab_queue_depth", "lab_queue_leased");
        assertThat(scaling.spec().maxReplicaCount())
                .isGreaterThan(scaling.spec().minReplicaCount());
    }
}
