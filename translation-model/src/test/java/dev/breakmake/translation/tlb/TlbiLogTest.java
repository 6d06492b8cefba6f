package dev.breakmake.translation.tlb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.ExceptionLevel;
import dev.breakmake.translation.event.Shareability;
import dev.breakmake.translation.event.TlbInvalidate;
import dev.breakmake.translation.event.TlbOperation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TlbiLogTest {
    private static final int REMEMBERED = 256;

    @Test
    void theLast256InvalidatesAreRememberedInOrderHoweverManyThereWere() {
        TlbiLog log = new TlbiLog(2);
        Scope scope = new Scope();
        for (int i = 1; i <= 2 * REMEMBERED + 5; i++) {
            scope.decode(invalidate(i), i, Architecture.AARCH64, 0, false, false);
            scope.barriers = new long[] {i, 2L * i};
            log.add(scope);
            assertThat(log.size()).isEqualTo(Math.min(i, REMEMBERED));
            for (int age = 0; age < log.size(); age++) {
                assertThat(log.time(age)).isEqualTo(i - age);
                assertThat(log.pc(age)).isEqualTo(0x1000L + i - age);
                assertThat(log.pe(age)).isEqualTo((i - age) & 1);
            }
            int oldest = log.size() - 1;
            log.restore(oldest, scope);
            assertThat(scope.barriers).containsExactly(i - oldest, 2L * (i - oldest));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aScopeReadBackIsWhatItWas(TlbOperation operation) {
        TlbiLog log = new TlbiLog(2);
        for (boolean host : new boolean[] {false, true}) {
            Scope scope = new Scope();
            long operand = 5L << 48 | 1L << 46 | 2L << 44 | 0x1234;
            scope.decode(
                    new TlbInvalidate(9, 1, 9, 0x500, ExceptionLevel.EL2, operation, operand, Shareability.ISH, false),
                    9,
                    Architecture.AARCH64,
                    3,
                    host,
                    host);
            scope.barriers = new long[] {4, 5};
            log.add(scope);
            Scope again = new Scope();
            log.restore(0, again);
            assertThat(again)
                    .usingRecursiveComparison()
                    .ignoringFields("nothing")
                    .isEqualTo(scope);
            assertThat(log.operation(0)).isEqualTo(operation);
            assertThat(log.operand(0)).isEqualTo(operand);
            assertThat(log.shared(0)).isTrue();
        }
    }

    private static TlbInvalidate invalidate(int i) {
        return new TlbInvalidate(
                i, i & 1, i, 0x1000L + i, ExceptionLevel.EL2, TlbOperation.VAE2, i, Shareability.NSH, false);
    }
}
