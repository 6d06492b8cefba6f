package dev.breakmake.translation.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    @Test
    void aProfileTakesOverWhatItExtendsAndMayTakeItBack() {
        Profile strict = ProfileFile.parse("mine", List.of("extends = strict"));
        assertThat(strict.severity(RuleId.TLB_PERM)).isEqualTo(Severity.ERROR);
        assertThat(strict.severity(RuleId.ENC_AP1)).isEqualTo(Severity.LINT);
        Profile quiet = ProfileFile.parse(
                "mine", List.of("extends = strict", "lint = off", "single-pe = error", "TLB-PERM = warning : ours"));
        assertThat(quiet.severity(RuleId.ENC_AP1)).isNull();
        assertThat(quiet.severity(RuleId.TLB_PERM)).isEqualTo(Severity.WARNING);
        assertThat(quiet.singlePeIsWarning()).isFalse();
        assertThat(ProfileFile.parse("mine", List.of("single-pe = warning")).singlePeIsWarning())
                .isTrue();
        assertThat(ProfileFile.parse("mine", List.of("bbm-oa = lint : too loud", "lint = on"))
                        .severity(RuleId.BBM_OA))
                .isEqualTo(Severity.LINT);
        assertThat(ProfileFile.parse("mine", List.of()).severity(RuleId.BBM_OA)).isEqualTo(Severity.ERROR);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "lint = loud | p:1:7: expected on or off, found 'loud'",
                "single-pe = off | p:1:12: expected warning or error, found 'off'",
                "extends = mine | p:1:10: no profile 'mine': use default, strict or lenient",
                "BBM-OA = loud : x | p:1:9: expected error, warning, lint or off, found 'loud'",
                "BBM-OA = off : | p:1:9: an override needs its reason: 'BBM-OA = off : why'",
                "= off : x | p:1:1: no rule ''"
            })
    void everyMistakeIsNamedWithLineAndColumn(String line, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ProfileFile.parse("p", List.of(line)))
                .withMessageStartingWith(message);
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
