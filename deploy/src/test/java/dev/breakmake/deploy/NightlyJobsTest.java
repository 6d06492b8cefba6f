package dev.breakmake.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.lab.scheduler.document.MessageReader;
import dev.breakmake.lab.scheduler.document.YamlDocument;
import dev.breakmake.lab.scheduler.matrix.Expansion;
import dev.breakmake.lab.scheduler.matrix.JobSpecCheck;
import dev.breakmake.lab.v1.Backend;
import dev.breakmake.lab.v1.BootSpec;
import dev.breakmake.lab.v1.Job;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The nightly job files, read and expanded by the scheduler's own code. */
class NightlyJobsTest {

    private static Job job(String file) {
        Job.Builder job = Job.newBuilder();
        MessageReader.read(YamlDocument.parse(Repository.text(Repository.DEPLOY.resolve("nightly/" + file))), job);
        return job.build();
    }

    private static List<BootSpec> boots(String file) {
        Job job = job(file);
        Expansion expansion = JobSpecCheck.check(job.getSpec());
        return expansion.points().stream()
                .map(point -> point.boot(job.getSpec().getBoot()))
                .toList();
    }

    @Test
    void the_matrix_of_real_images_covers_what_the_team_asks_for() {
        List<BootSpec> boots = boots("images.job.yaml");
        assertThat(boots).hasSizeGreaterThanOrEqualTo(300).doesNotHaveDuplicates();
        assertThat(boots.stream().map(BootSpec::getImage).collect(Collectors.toSet()))
                .containsExactlyInAnyOrder(
                        "xen-4.14-arm64", "xen-4.17-arm64", "xen-4.20-arm64", "xen-4.14-armhf", "xen-4.17-armhf");
        assertThat(boots.stream().map(BootSpec::getPes).collect(Collectors.toSet()))
                .contains(1, 2, 4);
        assertThat(boots.stream().map(BootSpec::getMemory).collect(Collectors.toSet()))
                .hasSizeGreaterThanOrEqualTo(3);
        assertThat(boots.stream().map(BootSpec::getGic).collect(Collectors.toSet()))
                .contains(2, 3);
        assertThat(boots.stream().map(BootSpec::getBackend).collect(Collectors.toSet()))
                .containsExactlyInAnyOrder(Backend.BACKEND_ENGINE, Backend.BACKEND_QEMU);
    }

    @Test
    void every_image_is_also_loaded_elsewhere_on_the_engine() {
        List<BootSpec> boots = boots("load-addresses.job.yaml");
        assertThat(boots.stream().map(BootSpec::getImage).distinct()).hasSize(5);
        assertThat(boots.stream().map(BootSpec::getLoadAddress).collect(Collectors.toSet()))
                .hasSizeGreaterThanOrEqualTo(5)
                .doesNotContain("");
        assertThat(boots).allSatisfy(boot -> assertThat(boot.getBackend()).isEqualTo(Backend.BACKEND_ENGINE));
    }

    @Test
    void nothing_is_asked_of_qemu_that_it_cannot_do() {
        assertThat(boots("images.job.yaml"))
                .filteredOn(boot -> boot.getBackend() == Backend.BACKEND_QEMU)
                .isNotEmpty()
                .allSatisfy(boot -> {
                    assertThat(boot.getInstructionLimit()).isZero();
                    assertThat(boot.getLoadAddress()).isEmpty();
                });
    }

    @Test
    void expectations_name_no_image_that_is_not_in_the_matrix_and_spare_the_fixed_one() {
        Job job = job("images.job.yaml");
        Set<String> images = boots("images.job.yaml").stream()
                .map(BootSpec::getImage)
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(job.getSpec().getExpectationsList()).allSatisfy(expectation -> {
            assertThat(expectation.getReason()).isNotBlank();
            assertThat(images).containsAll(expectation.getCellsMap().values());
        });
        assertThat(job.getSpec().getExpectationsList())
                .filteredOn(expectation -> expectation.getRule().equals("REG-TTBR"))
                .allSatisfy(expectation -> assertThat(expectation.getCellsMap().get("image"))
                        .isNotNull()
                        .isNotEqualTo("xen-4.20-arm64"));
    }

    @Test
    void flows_are_cells_too() {
        List<BootSpec> boots = boots("flows.job.yaml");
        assertThat(boots).hasSizeGreaterThanOrEqualTo(50);
        assertThat(boots)
                .allSatisfy(boot -> assertThat(boot.getFlow()).matches("arm(64|32)/(base|series|merged|fixed)"));
        assertThat(Arrays.asList("arm64/series", "arm32/fixed"))
                .allSatisfy(flow ->
                        assertThat(boots).anyMatch(boot -> boot.getFlow().equals(flow)));
    }
}
