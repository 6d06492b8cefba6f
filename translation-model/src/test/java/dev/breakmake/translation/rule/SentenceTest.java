package dev.breakmake.translation.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.IllegalFormatException;
import java.util.List;
import org.junit.jupiter.api.Test;

class SentenceTest {

    private static void same(String format, Object... arguments) {
        assertThat(Sentence.of(format, arguments)).isEqualTo(String.format(format, arguments));
    }

    @Test
    void sentencesAreWhatAGeneralFormatterMakesOfThem() {
        same("nothing to fill in");
        same("PE%d used 0x%x (%s)", 3, 0xffff_0000_0000_1000L, "fetch");
        same("0x%x and 0x%x", -1, -1L);
        same("%s, %s", RuleId.BBM_OA, List.of(1, 2));
        same("%d%% of %5d, %08x", 7, 8, 9L);
        same("%d of a byte", (byte) 3);
        same("%c%n", 'x');
        same("%.1f", 1.5);
        same("0x%x", BigInteger.TEN);
        same("more arguments than %s", "places", 2);
        same("%s%%", "half");
    }

    @Test
    void mistakesInAFormatAreNotHidden() {
        assertThatThrownBy(() -> Sentence.of("%d", "text")).isInstanceOf(IllegalFormatException.class);
        assertThatThrownBy(() -> Sentence.of("%s and %s", "one")).isInstanceOf(IllegalFormatException.class);
    }
}
