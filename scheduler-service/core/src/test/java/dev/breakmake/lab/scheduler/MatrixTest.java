package dev.breakmake.lab.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.breakmake.lab.scheduler.document.MessageReader;
import dev.breakmake.lab.scheduler.document.YamlDocument;
import dev.breakmake.lab.scheduler.domain.LabException;
import dev.breakmake.lab.scheduler.domain.Reason;
import dev.breakmake.lab.scheduler.matrix.CellKey;
import dev.breakmake.lab.scheduler.matrix.Constraint;
import dev.breakmake.lab.scheduler.matrix.Expansion;
import dev.breakmake.lab.scheduler.matrix.JobSpecCheck;
import dev.breakmake.lab.v1.BootSpec;
import dev.breakmake.lab.v1.Job;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MatrixTest {

    private static Expansion expand(String matrix) {
        return JobSpecCheck.check(TestLab.spec("boot: {flow: arm64/enable-mmu}\nmatrix:\n" + matrix.indent(2)));
    }

    @Test
    void without_axes_there_is_one_cell() {
        assertThat(JobSpecCheck.check(TestLab.spec("boot: {flow: arm64/enable-mmu}"))
                        .points())
                .hasSize(1)
                .first()
                .extracting(Expansion.Point::parameters)
                .isEqualTo(Map.of());
    }

    @Test
    void the_last_axis_turns_fastest() {
        var points = expand("""
                        axes:
                          - {name: pes, values: [1, 2]}
                          - {name: gic, values: [2, 3]}
                        """).points();
        assertThat(points)
                .extracting(Expansion.Point::parameters)
                .containsExactly(
                        Map.of("pes", "1", "gic", "2"),
                        Map.of("pes", "1", "gic", "3"),
                        Map.of("pes", "2", "gic", "2"),
                        Map.of("pes", "2", "gic", "3"));
    }

    @Test
    void exclude_constraints_and_include_do_what_they_say() {
        Expansion expansion = expand("""
                axes:
                  - {name: pes, values: [1, 2, 4]}
                  - {name: memory, values: [256MiB, 1GiB]}
                exclude:
                  - parameters: {pes: 1, memory: 1GiB}
                constraints:
                  - pes < 4 || memory >= 1GiB
                include:
                  - parameters: {pes: 8, memory: 4GiB, gic: 3}
                  - parameters: {pes: 2, seed: 7}
                """);
        assertThat(expansion.points())
                .extracting(point ->
                        point.parameters().get("pes") + "/" + point.parameters().get("memory") + point.overlay())
                .containsExactly(
                        "1/268435456{}",
                        "2/268435456{seed=7}",
                        "2/1073741824{seed=7}",
                        "4/1073741824{}",
                        "8/4294967296{gic=3}");
        assertThat(expansion.exclusions())
                .extracting(exclusion -> exclusion.getRule() + " " + exclusion.getCount())
                .containsExactly("exclude[0] 1", "pes < 4 || memory >= 1GiB 1");
    }

    @Test
    void the_example_of_the_documents_expands() throws IOException {
        Job.Builder job = Job.newBuilder();
        try (InputStream in = Job.class.getResourceAsStream("/breakmake/lab/v1/nightly-arm.job.yaml")) {
            MessageReader.read(YamlDocument.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8)), job);
        }
        Expansion expansion = JobSpecCheck.check(job.getSpec());
        // 3 arm64 images x 3 pes x 3 memories x 2 gics + 2 armhf images x 3 x 3 x 1, less QEMU above 2 PEs, plus one.
        int engine = 3 * 18 + 2 * 9;
        int qemu = 3 * 12 + 2 * 6;
        assertThat(expansion.points()).hasSize(engine + qemu + 1);
    }

    @Test
    void a_cell_key_depends_on_canonical_values_only_and_not_on_their_order() {
        String one = expand("axes: [{name: pes, values: [2]}, {name: memory, values: [1GiB]}]")
                .points()
                .getFirst()
                .cellKey();
        String two = expand("axes: [{name: memory, values: ['0x40000000']}, {name: pes, values: [2]}]")
                .points()
                .getFirst()
                .cellKey();
        assertThat(one).isEqualTo(two).hasSize(64);
        assertThat(CellKey.of(Map.of("a", "bc"))).isNotEqualTo(CellKey.of(Map.of("ab", "c")));
    }

    @Test
    void sizes_are_bounded_before_any_work_is_done() {
        String big = "axes:\n";
        StringBuilder values = new StringBuilder("1");
        for (int i = 2; i <= 60; i++) {
            values.append(", ").append(i);
        }
        for (String name : new String[] {"seed", "quantum", "instructionLimit", "pes"}) {
            big += "  - {name: " + name + ", values: [" + values + "]}\n";
        }
        String matrix = big;
        assertThatThrownBy(() -> expand(matrix))
                .isInstanceOfSatisfying(
                        LabException.class, e -> assertThat(e.reason()).isEqualTo(Reason.MATRIX_TOO_LARGE));
        assertThatThrownBy(() -> expand("axes: [{name: seed, values: [1, 2, 3]}]\nlimits: {maxCells: 2}"))
                .hasMessageContaining("more than 2 cells");
        assertThatThrownBy(() -> expand("axes: [{name: seed, values: [1]}]\nlimits: {maxCells: 60000}"))
                .hasMessageContaining("60000 is outside 0 to 50000");
        assertThatThrownBy(() -> expand("axes: [{name: pes, values: [1]}]\nconstraints: [pes > 1]"))
                .isInstanceOfSatisfying(
                        LabException.class, e -> assertThat(e.reason()).isEqualTo(Reason.MATRIX_EMPTY));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "axes: [{name: colour, values: [red]}]",
                "axes: [{name: pes, values: []}]",
                "axes: [{name: pes, values: [1, 1]}]",
                "axes: [{name: memory, values: [1GiB, 1073741824]}]",
                "axes: [{name: pes, values: [1]}, {name: pes, values: [2]}]",
                "axes: [{name: gic, values: [4]}]",
                "axes: [{name: pes, values: [many]}]",
                "axes: [{name: backend, values: [SIMICS]}]",
                "axes: [{name: imageDigest, values: [x]}]",
                "axes: [{name: loadAddress, values: ['0xzz']}]",
                "exclude: [{parameters: {}}]",
                "constraints: ['pes ==']",
            })
    void mistakes_in_a_matrix_are_refused_with_their_field(String matrix) {
        assertThatThrownBy(() -> expand(matrix)).isInstanceOfSatisfying(LabException.class, e -> {
            assertThat(e.reason()).isEqualTo(Reason.SCHEMA_INVALID);
            assertThat(e.errors())
                    .isNotEmpty()
                    .allSatisfy(error -> assertThat(error.field()).isNotEmpty());
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "gic == 3 ; true",
                "gic != 3 ; false",
                "memory >= 1GiB && memory < 0x40000001 ; true",
                "image matches 'xen-*-arm64' ; true",
                "image matches '*-armhf' ; false",
                "image in [a, xen-4.17-arm64] ; true",
                "!(gic == 2 || pes > 1) && backend == ENGINE ; true",
                "pes == 2 || pes == 1 && gic == 2 ; false",
            })
    void constraints_mean_what_they_say(String source, boolean expected) {
        Map<String, String> fields =
                Map.of("gic", "3", "memory", "1073741824", "image", "xen-4.17-arm64", "pes", "1", "backend", "ENGINE");
        assertThat(Constraint.parse(source).holds(name -> fields.getOrDefault(name, "")))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "colour == red | column 1: 'colour' is no field",
                "pes ==  | expected a value",
                "pes = 1 | expected an operator",
                "(pes == 1 | expected )",
                "pes == 1 pes == 2 | column 10: expected &&",
                "image == 'x | never ends",
            })
    void mistakes_in_constraints_name_the_column(String source, String message) {
        assertThatThrownBy(() -> Constraint.parse(source)).hasMessageContaining(message);
    }

    @Test
    void deeply_nested_constraints_are_refused_and_do_not_exhaust_the_stack() {
        assertThatThrownBy(() -> Constraint.parse("(".repeat(1900) + "pes == 1"))
                .hasMessageContaining("nested deeper");
        assertThatThrownBy(() -> Constraint.parse("pes == 1 && ".repeat(500))).hasMessageContaining("longer than");
    }

    @Test
    void options_of_a_flow_can_be_axes_conditions_and_parameters() {
        Expansion expansion = expand("""
                axes:
                  - {name: flow, values: [arm64/base, arm32/merged]}
                  - {name: flowOptions.insert-barriers, values: [true, false]}
                constraints:
                  - flow != arm64/base || flowOptions.insert-barriers == false
                include:
                  - parameters: {flow: arm32/merged, flowOptions.domheap-break: true}
                """);

        assertThat(expansion.points())
                .extracting(point -> point.boot(BootSpec.getDefaultInstance()).getFlow()
                        + new java.util.TreeMap<>(
                                point.boot(BootSpec.getDefaultInstance()).getFlowOptionsMap()))
                .containsExactly(
                        "arm64/base{insert-barriers=false}",
                        "arm32/merged{domheap-break=true, insert-barriers=true}",
                        "arm32/merged{domheap-break=true, insert-barriers=false}");
        assertThatThrownBy(() -> expand("axes: [{name: flowOptions., values: [true]}]"))
                .isInstanceOf(LabException.class)
                .hasMessageContaining("flowOptions.NAME");
    }

    @Test
    void the_example_of_flows_expands_to_its_cells() throws IOException {
        try (InputStream in = Job.class.getResourceAsStream("/breakmake/lab/v1/series-flows.job.yaml")) {
            Job.Builder job = Job.newBuilder();
            MessageReader.read(YamlDocument.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8)), job);
            Expansion expansion = JobSpecCheck.check(job.getSpec());

            // Four flows of arm64 at four load addresses with three granules, less one at one; those of arm32 at three
            // with one granule, less two; each on three counts of PEs, with and without an option, walked in two ways.
            assertThat(expansion.points()).hasSize(((4 * 4 - 1) * 3 + (4 * 3 - 2)) * 3 * 2 * 2);
        }
    }
}
