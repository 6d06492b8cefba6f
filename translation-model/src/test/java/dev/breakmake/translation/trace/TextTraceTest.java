package dev.breakmake.translation.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.breakmake.translation.event.DescriptorWrite;
import dev.breakmake.translation.event.ExceptionLevel;
import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.event.WriteOrigin;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TextTraceTest {
    private static String text(List<TranslationEvent> events) {
        StringBuilder out = new StringBuilder();
        events.forEach(TextTrace.writer(out)::accept);
        return out.toString();
    }

    @Test
    void textRoundTripsExactlyBothWays() throws TraceFormatException {
        for (long seed = 0; seed < 20; seed++) {
            List<TranslationEvent> events = RandomEvents.list(seed, 1000);
            String text = text(events);
            List<TranslationEvent> back = TextTrace.parse(text);
            assertThat(back).as("seed %d", seed).isEqualTo(events);
            assertThat(text(back)).as("seed %d", seed).isEqualTo(text);
        }
    }

    @Test
    void aLineReadsLikeASentence() {
        assertThat(TextTrace.line(new DescriptorWrite(
                        12,
                        1,
                        345,
                        0x20_0564,
                        ExceptionLevel.EL2,
                        0x4029_e008L,
                        8,
                        0,
                        0x402a_1f7fL,
                        true,
                        0x28_e008,
                        WriteOrigin.STORE)))
                .isEqualTo("12 pe1 EL2 descriptor-write i=345 pc=0x200564 pa=0x4029e008 size=8 old=0x0 new=0x402a1f7f"
                        + " cacheable=1 va=0x28e008 origin=STORE");
    }

    @Test
    void commentsAndEmptyLinesAreSkipped() throws TraceFormatException {
        String text = text(List.of(RandomEvents.header()));
        assertThat(TextTrace.parse("# a trace\n\n" + text)).containsExactly(RandomEvents.header());
    }

    @Test
    void errorsNameLineAndColumn() {
        String header = text(List.of(RandomEvents.header()));
        assertError(header + "1 pe0 EL9 barrier", "line 2, column 7: unknown exception level 'EL9'");
        assertError(header + "1 pe0 EL2 barier i=0 pc=0x0", "line 2, column 11: unknown event type 'barier'");
        assertError(
                header + "2 pe0 EL2 cse i=0 pc=0x0 cause=ISB",
                "line 2, column 35: event 2 stands where event 1 belongs");
        assertError(header + "1 pe0 EL2 cse i=0 pc=0x0 cause=IBS", "line 2, column 26: cause has no value 'IBS'");
        assertError(
                header + "1 pe0 EL2 cse i=0 pc=12 cause=ISB",
                "line 2, column 19: expected a number starting with 0x, found '12'");
        assertError(header + "1 pe0 EL2 cse i=0 pc=0x0", "line 2, column 25: expected field cause=");
        assertError(
                header + "1 pe0 EL2 cse i=0 pc=0x0 cause=ISB more",
                "line 2, column 36: nothing may follow the last field, found 'more'");
        assertError(
                header + "1 pe0 EL2 marker i=0 pc=0x0 kind=PHASE text=\"open",
                "line 2, column 40: a quoted text does not end");
    }

    private static void assertError(String text, String message) {
        assertThatExceptionOfType(TraceFormatException.class)
                .isThrownBy(() -> TextTrace.parse(text))
                .withMessage(message);
    }

    @Test
    void mutatedTextIsReadOrRejectedNeverWorse() {
        String text = text(RandomEvents.list(77, 60));
        for (long seed = 0; seed < 2000; seed++) {
            Random random = new Random(seed);
            StringBuilder mutated = new StringBuilder(text);
            for (int i = 0; i < 1 + random.nextInt(3); i++) {
                int at = random.nextInt(mutated.length());
                switch (random.nextInt(3)) {
                    case 0 -> mutated.setCharAt(at, (char) random.nextInt(128));
                    case 1 -> mutated.deleteCharAt(at);
                    default -> mutated.insert(at, (char) random.nextInt(0x2100));
                }
            }
            try {
                assertThat(TextTrace.parse(mutated.toString()))
                        .as("seed %d", seed)
                        .isNotNull();
            } catch (TraceFormatException e) {
                assertThat(e).as("seed %d", seed).hasMessageStartingWith("line ");
            }
        }
    }
}
