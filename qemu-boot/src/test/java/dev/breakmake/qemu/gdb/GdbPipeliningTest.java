package dev.breakmake.qemu.gdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.breakmake.qemu.link.ScriptedPeer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What travels together: requests that spare a round trip, and acknowledgements that must not reach a running target. */
class GdbPipeliningTest {

    private static final Pattern REQUEST = Pattern.compile("\\$([^#]*)#..");
    private static final ThreadId THREAD = new ThreadId(1, 1);
    private static final TargetRegister PC = new TargetRegister("pc", 1, 64, "core");

    @TempDir
    Path folder;

    private final List<String> received = new ArrayList<>();

    private static String answer(String request) {
        if (request.startsWith("vCont?")) {
            return "vCont;c;C;s;S";
        }
        if (request.startsWith("vCont")) {
            return "T05thread:p01.01;";
        }
        return switch (request.charAt(0)) {
            case 'q' ->
                request.startsWith("qSupported")
                        ? "qXfer:features:read+"
                        : "l<target><architecture>aarch64</architecture><feature name=\"core\">"
                                + "<reg name=\"x0\" bitsize=\"64\"/><reg name=\"pc\" bitsize=\"64\"/></feature></target>";
            case 'g' -> "01000000000000000200000000000000";
            case 'p' -> "0600000000000000";
            case 'H' -> "OK";
            default -> "";
        };
    }

    private byte[] serve(String bytes) {
        if (!bytes.isEmpty()) {
            received.add(bytes);
        }
        ByteArrayOutputStream replies = new ByteArrayOutputStream();
        Matcher matcher = REQUEST.matcher(bytes);
        while (matcher.find()) {
            String reply = answer(matcher.group(1));
            replies.writeBytes(
                    "+$%s#%02x".formatted(reply, reply.chars().sum() & 0xff).getBytes(StandardCharsets.ISO_8859_1));
        }
        return replies.toByteArray();
    }

    private GdbClient connect(ScriptedPeer peer) throws Exception {
        GdbClient client = GdbClient.connect(new GdbConnection(peer.hub(), peer.channel(), Duration.ofSeconds(10)));
        received.clear();
        return client;
    }

    @Test
    void readingRegistersAndSteppingIsOneExchange() throws Exception {
        try (ScriptedPeer peer = ScriptedPeer.start(folder, this::serve)) {
            GdbClient client = connect(peer);
            client.readRegister(THREAD, PC);
            received.clear();
            GdbClient.Stepped stepped = client.readCoreAndStep(THREAD);
            assertThat(stepped.before().byName("pc")).isEqualTo(2);
            assertThat(stepped.after()).isEqualTo(new StopReply.Signal(StopReply.SIGTRAP, THREAD));
            assertThat(received).containsExactly("+$g#67$vCont;s:p1.1#f2");
        }
    }

    @Test
    void acknowledgementsTravelWithTheNextRequest() throws Exception {
        try (ScriptedPeer peer = ScriptedPeer.start(folder, this::serve)) {
            GdbClient client = connect(peer);
            client.readCoreAndStep(THREAD);
            client.readRegister(THREAD, PC);
            assertThat(received.getLast()).isEqualTo("++$p1#a1");
            assertThat(received).noneMatch(bytes -> bytes.equals("+"));
        }
    }

    @Test
    void aRegisterCanBeToldWithoutAnExchangeOfItsOwnWhenTheTargetResumes() throws Exception {
        try (ScriptedPeer peer = ScriptedPeer.start(folder, this::serve)) {
            GdbClient client = connect(peer);
            client.resumeTelling(THREAD, PC);
            StopReply stop = client.pollStop();
            while (stop == null) {
                peer.hub().pump(1_000_000_000);
                stop = client.pollStop();
            }
            assertThat(stop).isEqualTo(new StopReply.Signal(StopReply.SIGTRAP, THREAD));
            assertThat(client.toldRegister()).isEqualTo(6);
            assertThat(received.getLast()).endsWith("$p1#a1$vCont;c#a8");
        }
    }

    @Test
    void anErrorInsteadOfRegistersIsReportedAfterTheStepIsOver() throws Exception {
        try (ScriptedPeer peer = ScriptedPeer.start(folder, bytes -> {
            byte[] replies = serve(bytes);
            return bytes.contains("$g#")
                    ? "+$E14#aa+$T05thread:p01.01;#06".getBytes(StandardCharsets.ISO_8859_1)
                    : replies;
        })) {
            GdbClient client = connect(peer);
            assertThatThrownBy(() -> client.readCoreAndStep(THREAD))
                    .isInstanceOf(GdbProtocolException.class)
                    .hasMessageContaining("'g' was refused with error 14");
        }
    }
}
