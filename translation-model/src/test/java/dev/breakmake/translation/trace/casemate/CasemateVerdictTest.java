package dev.breakmake.translation.trace.casemate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.translation.Checker;
import dev.breakmake.translation.CheckerOptions;
import dev.breakmake.translation.finding.Finding;
import dev.breakmake.translation.rule.RuleId;
import dev.breakmake.translation.rule.Severity;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The peer's 24 example traces against the verdicts of the architecture; where the peer differs, docs/rules.md says why. */
class CasemateVerdictTest {

    static Stream<Arguments> traces() {
        return Stream.of(
                clean("simple"),
                clean("good_write"),
                clean("good_write_child"),
                clean("good_trylock"),
                clean("good_bbm"),
                clean("good_bbm_stage1"),
                clean("good_bbm_by_VMID"),
                clean("good_free_page"),
                clean("good_free_tree"),
                clean("good_release_table"),
                clean("good_switch"),
                broken("bad_no_bbm", "BBM-TBL"),
                broken("bad_no_bbm_stage1", "BBM-TBL"),
                broken("bad_bbm_missing_tlbi", "BBM-OA", "TLB-MISS", "BBM-TBL"),
                broken("bad_bbm_by_wrong_VMID", "TLB-ID", "S2-SEQ"),
                broken("bad_free_page_without_clean", "LIFE-WALK"),
                broken("bad_reuse_page", "LIFE-WALK"),
                broken("bad_overlap_ASID", "REG-VMID", "REG-TTBR"),
                broken("bad_overlap_VMID", "REG-VMID"),
                clean("bad_switch_wrong_vmid"),
                broken("bad_EL2_ASID", "REG-TTBRFMT"),
                clean("bad_no_assoc_lock"),
                clean("bad_unlocked_write"),
                clean("bad_race"));
    }

    private static Arguments clean(String trace) {
        return Arguments.of(trace, Set.of());
    }

    /** Broken: at least one error, one of them of these rules. */
    private static Arguments broken(String trace, String... rules) {
        return Arguments.of(trace, Set.of(rules));
    }

    static List<Finding> check(String trace) throws IOException {
        Holder holder = new Holder();
        try (InputStream in = Objects.requireNonNull(CasemateVerdictTest.class.getResourceAsStream(trace + ".trace"))) {
            CasemateReader.readNamed(in, CasemateOptions.DEFAULT, symbols -> {
                holder.checker = new Checker(CheckerOptions.defaults().withSymbols(symbols));
                return holder.checker;
            });
        }
        return Objects.requireNonNull(holder.checker).finish();
    }

    private static final class Holder {
        private @Nullable Checker checker;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("traces")
    void theVerdictIsThatOfTheArchitecture(String trace, Set<String> rules) throws IOException {
        List<Finding> errors = check(trace).stream()
                .filter(finding -> finding.severity() == Severity.ERROR)
                .toList();
        if (rules.isEmpty()) {
            assertThat(errors).isEmpty();
        } else {
            assertThat(errors.stream().map(Finding::rule).map(RuleId::id).collect(Collectors.toSet()))
                    .containsAnyElementsOf(rules);
            assertThat(errors).allMatch(finding -> finding.source() != null);
        }
    }
}
