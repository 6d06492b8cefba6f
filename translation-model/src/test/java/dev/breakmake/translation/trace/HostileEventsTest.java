package dev.breakmake.translation.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.translation.Checker;
import dev.breakmake.translation.CheckerOptions;
import dev.breakmake.translation.event.MemoryWrite;
import dev.breakmake.translation.event.PageRole;
import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.rule.Profile;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Events that are well formed and make no sense: any address, any length, any register value. The checker judges or refuses them. */
final class HostileEventsTest {
    private static final int EVENTS = 600;

    @ParameterizedTest
    @ValueSource(longs = {1, 1000, 2000, 3000})
    @Timeout(value = 5, unit = TimeUnit.MINUTES) // an endless loop, not slowness, is what this must catch
    void anyEventsAreJudgedOrRefused(long seed) {
        int judged = 0;
        for (long s = seed; s < seed + 10; s++) {
            List<TranslationEvent> events = new ArrayList<>(RandomEvents.list(s, EVENTS));
            if (s % 2 == 0) {
                events.replaceAll(HostileEventsTest::shorter);
            }
            Checker checker = new Checker(CheckerOptions.defaults().withProfile(Profile.STRICT));
            try {
                events.forEach(checker::accept);
                checker.finish();
                judged++;
            } catch (IllegalArgumentException e) {
                assertThat(e).as("seed %d", s).hasMessageMatching("(?s).{20,}");
            }
        }
        assertThat(judged).isPositive();
    }

    /** Runs of stores and tables of devices as long as real ones: longer ones are refused, and nothing after them would be tried. */
    private static TranslationEvent shorter(TranslationEvent event) {
        return switch (event) {
            case MemoryWrite w ->
                new MemoryWrite(
                        w.sequence(),
                        w.pe(),
                        w.instructions(),
                        w.pc(),
                        w.el(),
                        w.pa(),
                        w.va(),
                        w.length() & 0xffff,
                        w.cacheable());
            case PageRole r ->
                new PageRole(
                        r.sequence(),
                        r.pe(),
                        r.instructions(),
                        r.pc(),
                        r.el(),
                        r.role(),
                        r.pa(),
                        r.length() & 0xffff,
                        r.argument());
            default -> event;
        };
    }
}
