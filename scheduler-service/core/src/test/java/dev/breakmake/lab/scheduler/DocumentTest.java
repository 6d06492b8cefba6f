package dev.breakmake.lab.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.breakmake.lab.scheduler.document.JsonDocument;
import dev.breakmake.lab.scheduler.document.MessageReader;
import dev.breakmake.lab.scheduler.document.MessageWriter;
import dev.breakmake.lab.scheduler.document.YamlDocument;
import dev.breakmake.lab.scheduler.domain.LabException;
import dev.breakmake.lab.v1.Backend;
import dev.breakmake.lab.v1.Job;
import dev.breakmake.lab.v1.JobSpec;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentTest {

    @Test
    void yaml_and_json_of_the_same_job_give_the_same_message() {
        JobSpec yaml = TestLab.spec("""
                boot: {image: xen-4.17-arm64, memory: 1GiB, backend: QEMU}
                timeouts: {boot: 5m}
                checks: [{name: banner, consoleContains: "Xen version"}]
                """);
        JobSpec.Builder json = JobSpec.newBuilder();
        MessageReader.read(JsonDocument.parse("""
                        {"boot": {"image": "xen-4.17-arm64", "memory": 1073741824, "backend": "BACKEND_QEMU"},
                         "timeouts": {"boot": "300s"}, "checks": [{"name": "banner", "consoleContains": "Xen version"}]}"""), json);
        assertThat(json.build()).isEqualTo(yaml);
        assertThat(yaml.getBoot().getBackend()).isEqualTo(Backend.BACKEND_QEMU);
    }

    @Test
    void what_is_written_reads_back() {
        JobSpec spec = TestLab.spec(
                "{boot: {flow: arm64/x, memory: 2GiB, seed: 9007199254740993}, timeouts: {boot: 1500ms}, failOn: LINT}");
        JobSpec.Builder again = JobSpec.newBuilder();
        MessageReader.read(JsonDocument.parse(MessageWriter.json(spec)), again);
        assertThat(again.build()).isEqualTo(spec);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "'boot: {flow: x}\nboot: {flow: y}'; 2; already given in line 1",
                "'boot:\n  flw: x'; 2; is no field here",
                "'boot: [1]'; 1; expected a mapping",
                "'boot: {pes: many}'; 1; is no integer",
                "'timeouts: {boot: 5 minutes}'; 1; is no length of time",
                "'failOn: FATAL'; 1; is none of",
                "'boot: {flow: [a'; 1; not YAML",
                "'boot: &a {x: *a}'; 1; ",
                "'checks:\n- name: a\n  consoleContains: x\n  consoleAbsent: y'; 4; together with",
            })
    void mistakes_have_a_line(String yaml, int line, String detail) {
        assertThatThrownBy(() -> TestLab.spec(yaml.replace("\\n", "\n")))
                .isInstanceOfSatisfying(LabException.class, e -> {
                    assertThat(e.errors().getFirst().line()).isEqualTo(line);
                    assertThat(e.errors().getFirst().detail()).contains(detail == null ? "" : detail);
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[",
                "{\"a\"",
                "{} {}",
                "\u0000",
                "nul",
                "{\"boot\": {\"memory\": 1e999999}}",
                "{\"boot\": {\"pes\": 99999999999}}"
            })
    void hostile_json_is_refused(String json) {
        assertThatThrownBy(() -> MessageReader.read(JsonDocument.parse(json), JobSpec.newBuilder()))
                .isInstanceOf(LabException.class);
    }

    @Test
    void deep_nesting_and_alias_bombs_are_refused() {
        assertThatThrownBy(() -> YamlDocument.parse("[".repeat(5000))).isInstanceOf(LabException.class);
        assertThatThrownBy(() -> JsonDocument.parse("[".repeat(5000))).isInstanceOf(LabException.class);
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 12; i++) {
            bomb.append("a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n"
                    .formatted(i, i, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1));
        }
        assertThatThrownBy(() -> YamlDocument.parse(bomb.toString())).isInstanceOf(LabException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void damaged_documents_never_do_worse_than_a_refusal(long seed) {
        String good =
                "displayName: Small\nspec:\n  boot: {flow: arm64/x, memory: 1GiB}\n  matrix:\n    axes:\n      - {name: pes, values: [1, 2]}\n";
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 300; round++) {
            StringBuilder damaged = new StringBuilder(good);
            for (int i = 0; i <= random.nextInt(4); i++) {
                damaged.setCharAt(random.nextInt(damaged.length()), (char) random.nextInt(1, 0x2100));
            }
            try {
                MessageReader.read(YamlDocument.parse(damaged.toString()), Job.newBuilder());
            } catch (LabException refused) {
                assertThat(refused.detail()).isNotEmpty();
            }
        }
    }
}
