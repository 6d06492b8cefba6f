package dev.breakmake.translation.tlb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.translation.register.Regime;
import dev.breakmake.translation.register.RegimeConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a walk makes of single words. */
final class GeometryTest {
    private static Geometry geometry(Regime regime, boolean accessFlagIgnored) {
        RegimeConfiguration configuration = TestTrees.configuration(regime, 1, 1, 0x4000_0000L);
        return new Geometry(configuration, configuration.roots().getFirst(), accessFlagIgnored);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 2, 0", "2, 2, 0", "0, 3, 0", "2, 3, 0", "2, 1, 0", "1, 0, 0", "1, 1, 1", "1, 2, 1", "1, 3, 0", "3, 0, 2",
        "3, 1, 2", "3, 2, 2", "3, 3, 1"
    })
    void theLowBitsAndTheLevelSayWhatAWordIs(long bits, int level, int kind) {
        assertThat(geometry(Regime.EL2, false).kind(bits, level)).isEqualTo(kind);
        assertThat(geometry(Regime.EL2, false).kind(bits | 0x4000_0400L, level)).isEqualTo(kind);
    }

    @Test
    void aTlbHoldsWhatIsValidWithAccessFlagAndAnAddressThatExists() {
        Geometry geometry = geometry(Regime.EL2, false);
        long page = TestTrees.leaf(0x8000_0000L, 3);
        assertThat(geometry.holdable(page, 3)).isTrue();
        assertThat(geometry.holdable(page & ~1L, 3)).isFalse();
        assertThat(geometry.holdable(0, 2)).isFalse();
        assertThat(geometry.holdable(page & ~(1L << 10), 3))
                .as("no access flag")
                .isFalse();
        assertThat(geometry.holdable(0x8000_0003L, 2)).as("a table has none").isTrue();
        assertThat(geometry.holdable(page | 1L << 39, 3)).isTrue();
        assertThat(geometry.holdable(page | 1L << 40, 3)).as("beyond 40 bits").isFalse();
        assertThat(geometry.holdable(0x8000_0003L | 1L << 47, 2)).isFalse();
        Geometry ignored = geometry(Regime.EL2, true);
        assertThat(ignored.holdable(page & ~(1L << 10), 3)).isTrue();
        assertThat(ignored.holdable(0, 2)).isFalse();
        assertThat(ignored.accessFlagIgnored()).isTrue();
        assertThat(geometry.accessFlagIgnored()).isFalse();
    }

    @Test
    void readingsAreTheSameIfEveryWordMeansTheSame() {
        Geometry geometry = geometry(Regime.EL2, false);
        assertThat(geometry.sameReading(geometry(Regime.EL2, false))).isTrue();
        assertThat(geometry.sameReading(geometry(Regime.EL2, true))).isFalse();
        assertThat(geometry.sameReading(geometry(Regime.EL1_0, false))).isFalse();
        assertThat(geometry.inputBits()).isEqualTo(25);
        assertThat(geometry.inputStart()).isZero();
        assertThat(geometry.startLevel()).isEqualTo(2);
        assertThat(geometry.shift(2)).isEqualTo(21);
        assertThat(geometry.groupEntries(3)).isEqualTo(16);
    }
}
