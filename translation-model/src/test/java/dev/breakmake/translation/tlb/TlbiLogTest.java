package dev.breakmake.translation.tlb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.ExceptionLevel;
import dev.breakmake.translation.event.Shareability;
import dev.breakmake.translation.event.TlbInvalidate;
import dev.breakmake.translation.event.TlbOperation;
import org.junit.jupiter.api.Test;

class TlbiLogTest {
    private static final int REMEMBERED = 256;

    @Test
    void theLast256InvalidatesAreRememberedInOrderHoweverManyThereWere() {
        TlbiLog log = new TlbiLog(2);
        Scope scope = new Scope();
        for (int i = 1; i <= 2 * REMEMBERED + 5; i++) {
            scope.decode(invalidate(i), i, Architecture.AARCH64, 0, false);
            scope.barriers = new long[] {i, 2L * i};
            log.add(scope);
            assertThat(log.size()).isEqualTo(Math.min(i, REMEMBERED));
            for (int age = 0; age < log.size(); age++) {
                assertThat(log.time(age)).isEqualTo(i - age);
                assertThat(log.pc(age)).isEqualTo(0x1000L + i - age);
            }
            int oldest = log.size() - 1;
            log.restore(oldest, scope);
            assertThat(scope.barriers).containsExactly(i - oldest, 2L * (i - oldest));
        }
    }

    private static TlbInvalidate invalidate(int i) {
        return new TlbInvalidate(
                i, i & 1, i, 0x1000L + i, ExceptionLevel.EL2, TlbOperation.VAE2, i, Shareability.NSH, false);
    }
}
