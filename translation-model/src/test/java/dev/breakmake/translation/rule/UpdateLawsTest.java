package dev.breakmake.translation.rule;

import static dev.breakmake.translation.event.Shareability.ISH;
import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.translation.Checker;
import dev.breakmake.translation.CheckerOptions;
import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.finding.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Laws of page-table updates, over seeded random runs. */
final class UpdateLawsTest {
    private static final int UPDATES = 12;

    /** One step of a run; {@code needed} if leaving it out must be noticed. */
    private record Step(boolean needed, Consumer<Scenario> action) {}

    private static List<Step> update(World w, SplittableRandom random, int pe, int slot) {
        boolean block = random.nextInt(4) == 0;
        int index = block ? 1 + slot % 7 : slot % 16;
        long location = block ? World.l2(index) : World.l3(index);
        long input = block ? 0x20_0000L * index : 0x1000L * index;
        long frame = 0x5800_0000L + 0x20_0000L * random.nextInt(64);
        long leaf = block ? w.block(frame) : w.page(frame);
        List<Step> steps = new ArrayList<>();
        steps.add(new Step(true, s -> s.pe(pe).write(location, 0)));
        steps.add(new Step(true, s -> s.pe(pe).dsb(ISH)));
        steps.add(new Step(true, s -> s.pe(pe).tlbiVa(input)));
        steps.add(new Step(true, s -> s.pe(pe).dsb(ISH)));
        steps.add(new Step(false, s -> s.pe(pe).write(location, leaf)));
        steps.add(new Step(true, s -> s.pe(pe).dsb(ISH)));
        steps.add(new Step(true, s -> s.pe(pe).isb()));
        steps.add(new Step(false, s -> s.pe(pe).load(input)));
        return steps;
    }

    private static List<Step> updates(World w, SplittableRandom random, int pe, int parity) {
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < UPDATES; i++) {
            // Slots of one parity belong to one PE: the two runs are independent.
            steps.addAll(update(w, random, pe, 2 * random.nextInt(7) + parity));
        }
        return steps;
    }

    private static Scenario run(World w, List<Step> steps) {
        Scenario s = Scenario.on(w).bringUp(1);
        steps.forEach(step -> step.action().accept(s));
        return s;
    }

    private static List<String> verdict(Scenario s) {
        TreeSet<String> verdict = new TreeSet<>();
        for (Finding finding : s.findings()) {
            verdict.add(finding.rule().id() + " " + finding.severity().text());
        }
        return List.copyOf(verdict);
    }

    @ParameterizedTest
    @EnumSource(names = {"EL2", "HYP"})
    void anySequenceOfFullUpdatesIsClean(World w) {
        for (long seed = 1; seed <= 40; seed++) {
            Scenario s = run(w, updates(w, new SplittableRandom(seed), 0, 0));
            assertThat(s.findings())
                    .as("seed %d%n%s", seed, String.join("\n", s.lines()))
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"EL2", "HYP"})
    void leavingOutAnyOneBarrierInvalidateOrBreakIsFound(World w) {
        for (long seed = 1; seed <= 4; seed++) {
            List<Step> steps = updates(w, new SplittableRandom(seed), 0, 0);
            for (int left = 0; left < steps.size(); left++) {
                if (steps.get(left).needed()) {
                    List<Step> fewer = new ArrayList<>(steps);
                    fewer.remove(left);
                    Scenario s = run(w, fewer);
                    assertThat(s.findings())
                            .as("seed %d, without step %d%n%s", seed, left, String.join("\n", s.lines()))
                            .isNotEmpty();
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theOrderOfIndependentPesDoesNotChangeTheVerdict(boolean broken) {
        for (long seed = 1; seed <= 30; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            List<Step> first = updates(World.EL2, random.split(), 0, 0);
            List<Step> second = updates(World.EL2, random.split(), 1, 1);
            if (broken) {
                first.remove(2);
            }
            List<Step> inOrder = new ArrayList<>(first);
            inOrder.addAll(second);
            List<String> expected = verdict(run(World.EL2, inOrder));
            assertThat(expected.isEmpty()).as("seed %d", seed).isEqualTo(!broken);
            Scenario mixed = run(World.EL2, interleave(first, second, random));
            assertThat(verdict(mixed))
                    .as("seed %d%n%s", seed, String.join("\n", mixed.lines()))
                    .isEqualTo(expected);
        }
    }

    private static List<Step> interleave(List<Step> first, List<Step> second, SplittableRandom random) {
        List<Step> mixed = new ArrayList<>();
        int a = 0;
        int b = 0;
        while (a < first.size() || b < second.size()) {
            if (b == second.size() || (a < first.size() && random.nextBoolean())) {
                mixed.add(first.get(a++));
            } else {
                mixed.add(second.get(b++));
            }
        }
        return mixed;
    }

    @ParameterizedTest
    @EnumSource(RuleId.class)
    void checkingARunTwiceGivesEqualFindings(RuleId rule) {
        Scenario s =
                Objects.requireNonNull(RuleExamples.all().get(rule)).violating().get();
        assertThat(s.findings()).isEqualTo(s.findings());
    }

    @Test
    void manyUpdatesLeaveNothingBehind() {
        Scenario s = Scenario.el2();
        Checker checker = new Checker(CheckerOptions.defaults());
        s.events().forEach(checker::accept);
        Scenario loop = Scenario.el2();
        int before = loop.events().size();
        loop.write(World.l3(5), 0)
                .dsb(ISH)
                .tlbiVa(0x5000)
                .dsb(ISH)
                .write(World.l3(5), World.EL2.page(0x5000_5000L))
                .dsb(ISH);
        List<TranslationEvent> events =
                loop.events().subList(before, loop.events().size());
        for (int i = 0; i < 20_000; i++) {
            events.forEach(checker::accept);
        }
        assertThat(checker.finish()).isEmpty();
        assertThat(checker.step()).isGreaterThan(80_000);
    }
}
