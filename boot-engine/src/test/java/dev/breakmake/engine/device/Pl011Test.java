package dev.breakmake.engine.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class Pl011Test {

    private static final class Line implements InterruptController {
        boolean asserted;

        @Override
        public void setSharedLine(int intid, boolean level) {
            assertThat(intid).isEqualTo(33);
            asserted = level;
        }

        @Override
        public void setPrivateLine(int pe, int intid, boolean level) {
            throw new AssertionError("a UART has no private interrupt");
        }
    }

    private final Line line = new Line();
    private final List<String> lines = new ArrayList<>();
    private final ConsoleLog log = new ConsoleLog((text, pe) -> lines.add(pe + ":" + text));
    private final Pl011 uart = new Pl011(log, line, 33);

    @Test
    void printsCharactersAndCutsThemIntoLines() {
        for (char c : "(XEN) one\r\n(XEN) tw".toCharArray()) {
            uart.write(0x00, 4, c, 1);
        }
        assertThat(lines).containsExactly("1:(XEN) one");
        assertThat(log.openLine()).isEqualTo("(XEN) tw");
        assertThat(log.lastLines(5)).containsExactly("(XEN) one", "(XEN) tw");
        assertThat(log.text()).isEqualTo("(XEN) one\r\n(XEN) tw");
    }

    @Test
    void everyCharacterRaisesTheTransmitInterruptUntilItIsCleared() {
        uart.write(0x38, 2, 1 << 5, 0);
        assertThat(line.asserted).isFalse();
        uart.write(0x00, 2, 'x', 0);
        assertThat(line.asserted).isTrue();
        assertThat(uart.read(0x3c, 2, 0)).isEqualTo(1 << 5);
        assertThat(uart.read(0x40, 2, 0)).isEqualTo(1 << 5);
        uart.write(0x44, 2, 1 << 5, 0);
        assertThat(line.asserted).isFalse();
    }

    @Test
    void theMaskHoldsTheLineDownWithoutForgetting() {
        uart.write(0x00, 4, 'x', 0);
        assertThat(line.asserted).isFalse();
        uart.write(0x38, 4, 1 << 5, 0);
        assertThat(line.asserted).isTrue();
        uart.write(0x38, 4, 0, 0);
        assertThat(line.asserted).isFalse();
        assertThat(uart.read(0x3c, 4, 0)).isEqualTo(1 << 5);
    }

    @Test
    void resetValuesAndIdentificationAreThoseOfThePrimeCell() {
        assertThat(uart.read(0x18, 4, 0)).isEqualTo(0x90);
        assertThat(uart.read(0x30, 4, 0)).isEqualTo(0x300);
        assertThat(uart.read(0x34, 4, 0)).isEqualTo(0x12);
        assertThat(uart.read(0xfe0, 4, 0)).isEqualTo(0x11);
        assertThat(uart.read(0xffc, 4, 0)).isEqualTo(0xb1);
    }

    @Test
    void inputFillsTheFifoAndIsReadInOrder() {
        uart.write(0x2c, 4, 1 << 4, 0);
        for (int i = 0; i < 16; i++) {
            assertThat(uart.receive('a' + i)).isTrue();
        }
        assertThat(uart.receive('z')).as("full").isFalse();
        assertThat(uart.read(0x18, 4, 0) & 0x50).isEqualTo(0x40);
        for (int i = 0; i < 16; i++) {
            assertThat(uart.read(0x00, 4, 0)).isEqualTo('a' + i);
        }
        assertThat(uart.read(0x18, 4, 0) & 0x50).isEqualTo(0x10);
        assertThat(uart.read(0x3c, 4, 0)).isZero();
    }

    @Test
    void aSavedPortContinuesInAnother() {
        uart.write(0x38, 4, 1 << 5, 0);
        uart.write(0x24, 4, 17, 0);
        uart.write(0x00, 4, 'q', 0);
        uart.receive('r');
        Line forkLine = new Line();
        Pl011 fork = new Pl011(new ConsoleLog(), forkLine, 33);
        fork.restore(uart.save());
        assertThat(forkLine.asserted).isTrue();
        assertThat(fork.read(0x24, 4, 0)).isEqualTo(17);
        assertThat(fork.read(0x00, 4, 0)).isEqualTo('r');
        assertThat(fork.save()).isNotEqualTo(uart.save());
    }

    @Test
    void aSavedLogContinuesInAnother() {
        log.transmit('a', 0);
        log.transmit('\n', 0);
        log.transmit('b', 0);
        ConsoleLog fork = new ConsoleLog();
        fork.restore(log.save());
        log.transmit('x', 0);
        fork.transmit('c', 0);
        assertThat(fork.lastLines(2)).containsExactly("a", "bc");
    }
}
