package dev.breakmake.qemu.gdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class GdbPacketDecoderTest {

    private final GdbPacketDecoder decoder = new GdbPacketDecoder(1000);

    private void feed(String text) throws GdbProtocolException {
        decoder.feed(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
    }

    @Test
    void readsPacketsThatArriveInPieces() throws Exception {
        for (char c : "+$OK#9a$T05thread:p01.01;#06".toCharArray()) {
            feed(String.valueOf(c));
        }
        assertThat(decoder.poll()).isEqualTo("OK");
        assertThat(decoder.poll()).isEqualTo("T05thread:p01.01;");
        assertThat(decoder.poll()).isNull();
    }

    @Test
    void undoesEscapesAndRunLengths() throws Exception {
        // 0x7d 0x03 is '#'; "0* " is four zeroes (' ' is 32, 32 - 29 = 3 more).
        feed("$a}\003b#%02x".formatted(('a' + '}' + 3 + 'b') & 0xff));
        feed("$0* #7a");
        assertThat(decoder.poll()).isEqualTo("a#b");
        assertThat(decoder.poll()).isEqualTo("0000");
    }

    @Test
    void keepsATruncatedPacketBackAndSaysThatItIsInsideOne() throws Exception {
        feed("$T05thr");
        assertThat(decoder.poll()).isNull();
        assertThat(decoder.insidePacket()).isTrue();
        feed("$OK#9a".substring(0, 0));
        assertThat(decoder.poll()).isNull();
    }

    @Test
    void refusesAWrongChecksumWithBothValuesAndItsPlace() {
        assertThatThrownBy(() -> feed("$OK#9b"))
                .isInstanceOf(GdbProtocolException.class)
                .hasMessageContaining("byte 5")
                .hasMessageContaining("#9b")
                .hasMessageContaining("#9a");
    }

    @Test
    void refusesAChecksumThatIsNoHexadecimalNumber() {
        assertThatThrownBy(() -> feed("$OK#zz")).hasMessageContaining("0x7a is not a hexadecimal digit");
    }

    @Test
    void refusesAPacketThatNeverEnds() {
        assertThatThrownBy(() -> feed("$" + "a".repeat(1001))).hasMessageContaining("longer than 1000 bytes");
    }

    @Test
    void refusesRunLengthsThatExpandBeyondTheLimit() {
        assertThatThrownBy(() -> feed("$" + "0*~".repeat(11))).hasMessageContaining("longer than 1000 bytes");
    }

    @Test
    void refusesARunLengthWithNothingToRepeat() {
        assertThatThrownBy(() -> feed("$* #4a")).hasMessageContaining("nothing to repeat");
    }

    @Test
    void refusesGarbageBetweenPacketsAndAPacketInsideAPacket() {
        assertThatThrownBy(() -> feed("hello")).hasMessageContaining("0x68 between packets");
        GdbPacketDecoder second = new GdbPacketDecoder(1000);
        assertThatThrownBy(() -> second.feed(ByteBuffer.wrap(new byte[] {'$', 'O', '$'})))
                .hasMessageContaining("inside a packet");
    }

    @Test
    void refusesToQueuePacketsWithoutEnd() {
        assertThatThrownBy(() -> feed("$OK#9a".repeat(2000))).hasMessageContaining("nobody asked for");
    }

    @Test
    void skipsNotifications() throws Exception {
        feed("%%Stop:x#%02x$OK#9a".formatted("Stop:x".chars().sum() & 0xff));
        assertThat(decoder.poll()).isEqualTo("OK");
    }

    @Test
    void randomBytesGiveAPacketOrAnErrorButNeverAnythingElse() {
        SplittableRandom random = new SplittableRandom(0x6762);
        for (int round = 0; round < 2000; round++) {
            byte[] bytes = new byte[random.nextInt(1, 200)];
            random.nextBytes(bytes);
            bytes[0] = '$';
            GdbPacketDecoder fresh = new GdbPacketDecoder(1000);
            try {
                fresh.feed(ByteBuffer.wrap(bytes));
            } catch (GdbProtocolException e) {
                assertThat(e.getMessage()).startsWith("gdb stub, byte ");
            }
        }
    }
}
