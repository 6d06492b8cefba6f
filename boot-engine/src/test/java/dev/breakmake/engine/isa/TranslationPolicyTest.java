package dev.breakmake.engine.isa;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** When code counts as hot. */
class TranslationPolicyTest {

    private static final int THRESHOLD = 10;
    private static final int FIRST_BOOT = 32 * THRESHOLD;
    private static final long LONG_BOOT = 10_000_000;

    private static final class Code extends SharedCode {
        Code(final long[] words) {
            super(words);
        }
    }

    private final Translation translation = Translation.background(THRESHOLD);
    private final CodeCache cache = new CodeCache(translation);

    private Code page() {
        return cache.page(Code.class, new long[512], Code::new);
    }

    /** Arrivals until the instruction is hot, or -1 if that many were not enough. */
    private int arrivals(final Code code, final long instructions, final int most) {
        for (int count = 1; count <= most; count++) {
            if (code.arrive(5) && translation.isHot(code, 5, instructions)) {
                return count;
            }
        }
        return -1;
    }

    @Test
    void aShortFirstBootTranslatesNothing() {
        final Code code = page();
        assertThat(arrivals(code, LONG_BOOT - 1, 100 * FIRST_BOOT)).isEqualTo(-1);
        assertThat(arrivals(code, LONG_BOOT, 1))
                .as("once it turns out to be long")
                .isEqualTo(1);
    }

    @Test
    void aLongFirstBootTranslatesWhatIsVeryHot() {
        final Code code = page();
        assertThat(arrivals(code, LONG_BOOT, FIRST_BOOT + 1)).isEqualTo(FIRST_BOOT);
        assertThat(arrivals(code, LONG_BOOT, 10 * FIRST_BOOT)).as("only once").isEqualTo(-1);
    }

    @Test
    void aSecondMachineTranslatesWhatIsHot() {
        page();
        final Code code = page();
        assertThat(arrivals(code, 1, THRESHOLD + 1)).isEqualTo(THRESHOLD);
    }

    @Test
    void pagesThatAgreeInTheWordsTheirHashLooksAtAreTwo() {
        final long[] other = new long[512];
        other[1] = 1;
        assertThat(cache.page(Code.class, other, Code::new)).isNotSameAs(page());
        assertThat(cache.page(Code.class, other, Code::new)).isSameAs(cache.page(Code.class, other, Code::new));
        assertThat(page()).isSameAs(page());
    }
}
