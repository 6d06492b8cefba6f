package dev.breakmake.translation.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ProfileTest {

    @Test
    void theDefaultProfileHidesLintAndStrictShowsIt() {
        assertThat(Profile.DEFAULT.severity(RuleId.ENC_AP1)).isNull();
        assertThat(Profile.STRICT.severity(RuleId.ENC_AP1)).isEqualTo(Severity.LINT);
        assertThat(Profile.DEFAULT.severity(RuleId.LIFE_LOCK)).isNull();
        assertThat(Profile.STRICT.severity(RuleId.LIFE_LOCK)).isEqualTo(Severity.WARNING);
        assertThat(Profile.STRICT.severity(RuleId.TLB_PERM)).isEqualTo(Severity.ERROR);
    }

    @Test
    void aFileChangesSingleRulesWithAReason() {
        Profile profile = ProfileFile.parse(
                "my.profile", List.of("# ours", "extends = lenient", "BBM-OA = off : known", "lint = on"));

        assertThat(profile.severity(RuleId.BBM_OA)).isNull();
        assertThat(profile.severity(RuleId.BBM_TBL)).isEqualTo(Severity.ERROR);
        assertThat(profile.singlePeIsWarning()).isTrue();
        assertThat(profile.severity(RuleId.ENC_AP1)).isEqualTo(Severity.LINT);
        assertThat(profile.overrides().get(RuleId.BBM_OA)).isEqualTo(new Profile.Change(null, "known"));
    }

    @Test
    void mistakesAreNamedWithTheirPlace() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ProfileFile.parse("p", List.of("", "BBM-OA = off")))
                .withMessageStartingWith("p:2:9: an override needs its reason");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ProfileFile.parse("p", List.of("BBM-QQ = off : x")))
                .withMessageStartingWith("p:1:1: no rule 'BBM-QQ'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ProfileFile.parse("p", List.of("nonsense")))
                .withMessageStartingWith("p:1:1: expected 'NAME = VALUE'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ProfileFile.parse("p", List.of("BBM-OA = loud : x")))
                .withMessageContaining("expected error, warning, lint or off, found 'loud'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ProfileFile.parse("p", List.of("extends = mine")))
                .withMessageContaining("no profile 'mine'");
    }

    @Clause("5.lenient")
    @Test
    void theLenientProfileWarnsWhereOnlyOnePeCanSeeBoth() {
        Scenario.el2()
                .profile(Profile.LENIENT)
                .write(World.l3(5), World.EL2.page(0x7000_0000L))
                .findings()
                .forEach(f -> assertThat(f.severity()).isEqualTo(Severity.WARNING));
        assertThat(Scenario.el2()
                        .bringUp(1)
                        .profile(Profile.LENIENT)
                        .write(World.l3(5), World.EL2.page(0x7000_0000L))
                        .findings())
                .anyMatch(f -> f.severity() == Severity.ERROR);
    }
}
