package dev.breakmake.translation.rule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.translation.Checker;
import dev.breakmake.translation.CheckerOptions;
import dev.breakmake.translation.event.Shareability;
import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.finding.Finding;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The runs of all rules, damaged: events lost, repeated, exchanged, cut off. */
final class DamagedRunsTest {

    private static List<Finding> check(List<TranslationEvent> events) {
        Checker checker = new Checker(CheckerOptions.defaults().withProfile(Profile.STRICT));
        events.forEach(checker::accept);
        return checker.finish();
    }

    private static List<TranslationEvent> damaged(List<TranslationEvent> run, SplittableRandom random) {
        List<TranslationEvent> events = new ArrayList<>(run.subList(1, run.size()));
        for (int i = random.nextInt(1, 4); i > 0 && events.size() > 2; i--) {
            int at = random.nextInt(events.size());
            switch (random.nextInt(4)) {
                case 0 -> events.remove(at);
                case 1 -> events.add(at, events.get(random.nextInt(events.size())));
                case 2 -> Collections.swap(events, at, random.nextInt(events.size()));
                default -> events.subList(at, events.size()).clear();
            }
        }
        events.add(0, run.getFirst());
        return events;
    }

    @ParameterizedTest
    @EnumSource(RuleId.class)
    @Timeout(value = 5, unit = TimeUnit.MINUTES) // an endless loop, not slowness, is what this must catch
    void damagedRunsAreJudgedAndTwiceTheSame(RuleId rule) {
        RuleExamples.Example example = Objects.requireNonNull(RuleExamples.all().get(rule));
        for (Scenario scenario :
                List.of(example.violating().get(), example.compliant().get())) {
            List<TranslationEvent> run = scenario.events();
            for (long seed = 1; seed <= 25; seed++) {
                List<TranslationEvent> events = damaged(run, new SplittableRandom(seed));
                List<Finding> findings = check(events);
                assertThat(check(events)).as("seed %d", seed).isEqualTo(findings);
                assertThat(findings).allSatisfy(finding -> {
                    assertThat(finding.message()).isNotBlank();
                    assertThat(finding.compliant()).isNotEmpty();
                });
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"EL2", "HYP"})
    void aCompliantUpdateCutOffAnywhereIsNoError(World world) {
        Scenario whole = Scenario.on(world).bringUp(1);
        int start = whole.events().size();
        whole.write(World.l3(3), 0)
                .dsb(Shareability.ISH)
                .tlbi(world.all(), Shareability.ISH)
                .dsb(Shareability.ISH)
                .write(World.l3(3), world.page(0x5800_0000L))
                .dsb(Shareability.ISH)
                .isb();
        List<TranslationEvent> events = whole.events();
        for (int end = start; end <= events.size(); end++) {
            assertThat(check(events.subList(0, end)))
                    .as("cut after %d events", end)
                    .noneMatch(finding -> finding.severity() == Severity.ERROR);
        }
    }
}
