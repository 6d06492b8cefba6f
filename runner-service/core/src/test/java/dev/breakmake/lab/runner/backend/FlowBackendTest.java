package dev.breakmake.lab.runner.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.breakmake.lab.runner.domain.AttemptFault;
import dev.breakmake.lab.v1.AdversaryPolicy;
import dev.breakmake.lab.v1.BootSpec;
import dev.breakmake.lab.v1.Cause;
import dev.breakmake.lab.v1.OutcomeKind;
import dev.breakmake.translation.Checker;
import dev.breakmake.translation.CheckerOptions;
import dev.breakmake.translation.event.EventSink;
import dev.breakmake.translation.event.TranslationUse;
import dev.breakmake.translation.finding.Finding;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Cells that name a flow: axes of a matrix reach it, and what cannot be says why. */
class FlowBackendTest {

    @TempDir
    private Path folder;

    private record Run(CellEnd end, List<Finding> findings) {}

    private Run run(BootSpec.Builder boot) throws AttemptFault {
        Checker checker = new Checker(CheckerOptions.defaults());
        CellEnd end = new FlowBackend("test")
                .run(
                        CellWork.ofFlow(boot.build(), Duration.ofMinutes(1), folder),
                        new CellObserver(checker, line -> {}, () -> false));
        return new Run(end, checker.finish());
    }

    @ParameterizedTest
    @EnumSource(value = AdversaryPolicy.class, names = "UNRECOGNIZED", mode = EnumSource.Mode.EXCLUDE)
    void aCompliantFlowReachesItsEndUnderEveryAdversary(AdversaryPolicy adversary) throws AttemptFault {
        for (long seed = 0; seed < 3; seed++) {
            Run run = run(BootSpec.newBuilder()
                    .setFlow("arm64/fixed")
                    .setPes(2)
                    .setAdversary(adversary)
                    .setSeed(seed));
            assertThat(run.end().outcome().getKind())
                    .as(run.end().outcome().getDetail())
                    .isEqualTo(OutcomeKind.OUTCOME_KIND_REACHED);
            assertThat(run.findings()).isEmpty();
        }
    }

    @Test
    void anAdversaryServesTheRootThatWasLeft() throws AttemptFault {
        BootSpec.Builder base = BootSpec.newBuilder().setFlow("arm64/base");
        assertThat(uses(base.setAdversary(AdversaryPolicy.ADVERSARY_POLICY_PREFER_OLD)))
                .isNotEqualTo(uses(base.setAdversary(AdversaryPolicy.ADVERSARY_POLICY_FLUSH_EAGERLY)));
    }

    private List<TranslationUse> uses(BootSpec.Builder boot) throws AttemptFault {
        List<TranslationUse> uses = new ArrayList<>();
        EventSink collect = event -> {
            if (event instanceof TranslationUse use) {
                uses.add(use);
            }
        };
        new FlowBackend("test")
                .run(
                        CellWork.ofFlow(boot.build(), Duration.ofMinutes(1), folder),
                        new CellObserver(collect, line -> {}, () -> false));
        return uses;
    }

    @Test
    void granuleAndAttributesAreOptionsOfACell() throws AttemptFault {
        List<Set<String>> rules = new ArrayList<>();
        for (String granule : List.of("4k", "16k", "64k")) {
            Run run = run(BootSpec.newBuilder()
                    .setFlow("arm64/base")
                    .setPes(2)
                    .putFlowOptions("granule", granule)
                    .putFlowOptions("sharing", "outer"));
            assertThat(run.end().outcome().getKind())
                    .as(run.end().outcome().getDetail())
                    .isEqualTo(OutcomeKind.OUTCOME_KIND_REACHED);
            rules.add(run.findings().stream()
                    .map(finding -> finding.rule().id())
                    .collect(Collectors.toCollection(TreeSet::new)));
        }
        // A tree with fewer levels has fewer tables to find fault with, but the same faults.
        assertThat(rules).hasSize(3).containsOnly(rules.getFirst());
    }

    @Test
    void whatCannotBeIsAFaultOfTheConfiguration() {
        assertFault(BootSpec.newBuilder().setFlow("arm64/latest"), "no preset 'latest'");
        assertFault(BootSpec.newBuilder().setFlow("arm32/base").putFlowOptions("granule", "64k"), "4 KiB, not 64k");
        assertFault(
                BootSpec.newBuilder().setFlow("arm64/base").putFlowOptions("walks", "fast"), "walks 'fast' is none of");
        assertFault(
                BootSpec.newBuilder().setFlow("arm64/base").setLoadAddress("high"), "load address 'high' is no number");
        assertFault(BootSpec.newBuilder().setFlow("arm64/base").setPes(9), "1 to 8 PEs, not 9");
    }

    private void assertFault(BootSpec.Builder boot, String message) {
        assertThatThrownBy(() -> run(boot))
                .isInstanceOfSatisfying(
                        AttemptFault.class, fault -> assertThat(fault.blame()).isEqualTo(Cause.CAUSE_CONFIGURATION))
                .hasMessageContaining(message);
    }
}
