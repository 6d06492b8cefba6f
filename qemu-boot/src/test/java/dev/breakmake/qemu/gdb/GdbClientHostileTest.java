package dev.breakmake.qemu.gdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.breakmake.qemu.link.PeerGoneException;
import dev.breakmake.qemu.link.ScriptedPeer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GdbClientHostileTest {

    private static final String TARGET = "<target><architecture>aarch64</architecture>"
            + "<feature name=\"core\"><reg name=\"x0\" bitsize=\"64\"/><reg name=\"pc\" bitsize=\"64\"/></feature></target>";

    /** What a well-behaved stub says; a test overrides single answers. */
    private static final Map<String, String> GOOD = Map.of(
            "qSupported", "PacketSize=1000;qXfer:features:read+;vContSupported+;multiprocess+",
            "QStartNoAckMode", "OK",
            "vCont?", "vCont;c;C;s;S",
            "qXfer", "l" + TARGET,
            "qfThreadInfo", "mp01.01",
            "qsThreadInfo", "l",
            "Hg", "OK",
            "?", "T05thread:p01.01;",
            "g", "0100000000000000" + "0200000000000000");

    @TempDir
    Path folder;

    private static byte[] packet(String data) {
        int sum = data.chars().sum() & 0xff;
        return "+$%s#%02x".formatted(data, sum).getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String requestIn(String received) {
        int from = received.indexOf('$');
        int to = received.indexOf('#');
        return from < 0 || to < from ? "" : received.substring(from + 1, to);
    }

    private GdbClient connect(ScriptedPeer peer) throws IOException {
        return GdbClient.connect(new GdbConnection(peer.hub(), peer.channel(), Duration.ofMillis(500)));
    }

    private ScriptedPeer stub(Map<String, String> different) throws IOException {
        return ScriptedPeer.start(folder, received -> {
            String request = requestIn(received);
            if (request.isEmpty()) {
                return new byte[0];
            }
            for (Map<String, String> answers : java.util.List.of(different, GOOD)) {
                for (Map.Entry<String, String> entry : answers.entrySet()) {
                    if (request.startsWith(entry.getKey())) {
                        return packet(entry.getValue());
                    }
                }
            }
            return packet("");
        });
    }

    @Test
    void talksToAWellBehavedStub() throws Exception {
        try (ScriptedPeer peer = stub(Map.of())) {
            GdbClient client = connect(peer);
            assertThat(client.threads()).containsExactly(new ThreadId(1, 1));
            CoreRegisters core = client.readCore(new ThreadId(1, 1));
            assertThat(core.general(0)).isEqualTo(1);
            assertThat(core.byName("pc")).isEqualTo(2);
        }
    }

    @Test
    void refusesAStubWithoutTargetDescription() throws Exception {
        try (ScriptedPeer peer = stub(Map.of("qSupported", "PacketSize=1000"))) {
            assertThatThrownBy(() -> connect(peer)).hasMessageContaining("no target description");
        }
    }

    @Test
    void refusesAStubThatCannotResumePerThread() throws Exception {
        try (ScriptedPeer peer = stub(Map.of("vCont?", ""))) {
            assertThatThrownBy(() -> connect(peer)).hasMessageContaining("cannot resume per thread");
        }
    }

    @Test
    void refusesADescriptionThatNeverEnds() throws Exception {
        try (ScriptedPeer peer = stub(Map.of("qXfer", "m"))) {
            assertThatThrownBy(() -> connect(peer)).hasMessageContaining("does not end");
        }
    }

    @Test
    void refusesAThreadListThatNeverEnds() throws Exception {
        try (ScriptedPeer peer = stub(Map.of("qsThreadInfo", "mp01.01,p01.02,p01.03,p01.04"))) {
            GdbClient client = connect(peer);
            assertThatThrownBy(client::threads).hasMessageContaining("more than 4096 threads");
        }
    }

    @Test
    void refusesATruncatedRegisterReply() throws Exception {
        try (ScriptedPeer peer = stub(Map.of("g", "0100000000000000"))) {
            GdbClient client = connect(peer);
            assertThatThrownBy(() -> client.readCore(new ThreadId(1, 1))).hasMessageContaining("ends before digit 18");
        }
    }

    @Test
    void refusesRegistersThatAreNoHexadecimal() throws Exception {
        try (ScriptedPeer peer = stub(Map.of("g", "xx".repeat(16)))) {
            GdbClient client = connect(peer);
            assertThatThrownBy(() -> client.readCore(new ThreadId(1, 1)))
                    .hasMessageContaining("'x' at position 0 of a reply is not a hexadecimal digit");
        }
    }

    @Test
    void refusesAStopReplyWithoutThread() throws Exception {
        try (ScriptedPeer peer = stub(Map.of("?", "T05"))) {
            GdbClient client = connect(peer);
            assertThatThrownBy(client::reason).hasMessageContaining("names no thread");
        }
    }

    @Test
    void reportsAnErrorReplyWithTheRequest() throws Exception {
        try (ScriptedPeer peer = stub(Map.of("m", "E14"))) {
            GdbClient client = connect(peer);
            assertThatThrownBy(() -> client.readMemory(new ThreadId(1, 1), 0x40, 8))
                    .hasMessageContaining("'m40,8' was refused with error 14");
        }
    }

    @Test
    void saysWhichRequestAClosingStubLeftUnanswered() throws Exception {
        AtomicInteger requests = new AtomicInteger();
        try (ScriptedPeer peer =
                ScriptedPeer.start(folder, received -> requests.getAndIncrement() == 0 ? new byte[0] : null)) {
            assertThatThrownBy(() -> connect(peer))
                    .isInstanceOf(PeerGoneException.class)
                    .hasMessageContaining("during 'qSupported");
        }
    }

    @Test
    void doesNotWaitForeverForASilentStubOrAPacketWithoutEnd() throws Exception {
        try (ScriptedPeer peer =
                ScriptedPeer.start(folder, received -> "+$PacketSize".getBytes(StandardCharsets.ISO_8859_1))) {
            assertThatThrownBy(() -> connect(peer)).hasMessageContaining("gdb stub");
        }
    }

    @Test
    void givesUpOnAStubThatFloods() throws Exception {
        byte[] flood = "$OK#9a".repeat(50_000).getBytes(StandardCharsets.ISO_8859_1);
        try (ScriptedPeer peer = ScriptedPeer.start(folder, received -> flood)) {
            assertThatThrownBy(() -> connect(peer)).isInstanceOf(GdbProtocolException.class);
        }
    }
}
