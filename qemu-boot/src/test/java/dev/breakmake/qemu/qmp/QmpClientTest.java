package dev.breakmake.qemu.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.breakmake.qemu.link.PeerGoneException;
import dev.breakmake.qemu.link.ScriptedPeer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QmpClientTest {

    private static final String GREETING =
            "{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 22, \"minor\": 2, \"major\": 7}, \"package\": \"\"}, \"capabilities\": []}}\r\n";
    private static final Pattern ID = Pattern.compile("\"id\":\"(\\w+)\"");

    @TempDir
    Path folder;

    private QmpClient connect(ScriptedPeer peer) throws IOException {
        return QmpClient.connect(peer.hub(), peer.channel(), Duration.ofMillis(500));
    }

    /** Greets, then answers every command with the body, in which ID stands for the command's id. */
    private ScriptedPeer monitor(String body) throws IOException {
        return ScriptedPeer.start(folder, received -> {
            if (received.isEmpty()) {
                return GREETING.getBytes(StandardCharsets.UTF_8);
            }
            Matcher id = ID.matcher(received);
            String answer = received.contains("qmp_capabilities") ? "{\"return\": {}, \"id\": \"ID\"}\r\n" : body;
            return answer.replace("ID", id.find() ? id.group(1) : "").getBytes(StandardCharsets.UTF_8);
        });
    }

    @Test
    void readsVersionRepliesAndEvents() throws Exception {
        try (ScriptedPeer peer = monitor(
                "{\"event\": \"SHUTDOWN\", \"data\": {\"reason\": \"guest-reset\"}}\r\n{\"return\": {\"running\": true}, \"id\": \"ID\"}\r\n")) {
            QmpClient client = connect(peer);
            assertThat(client.version()).isEqualTo("7.2.22");
            assertThat(client.execute("query-status").at("running")).contains(new Json.Truth(true));
            assertThat(client.pollEvent())
                    .isEqualTo(new QmpEvent("SHUTDOWN", JsonReader.read("{\"reason\": \"guest-reset\"}")));
            assertThat(client.pollEvent()).isNull();
        }
    }

    @Test
    void reportsARefusedCommandInQemusWords() throws Exception {
        try (ScriptedPeer peer = monitor(
                "{\"error\": {\"class\": \"CommandNotFound\", \"desc\": \"no such thing\"}, \"id\": \"ID\"}\r\n")) {
            QmpClient client = connect(peer);
            assertThatThrownBy(() -> client.execute("query-x")).hasMessage("QMP refused 'query-x': no such thing");
        }
    }

    @Test
    void refusesAPeerThatIsNoMonitor() throws Exception {
        try (ScriptedPeer peer = ScriptedPeer.start(folder, r -> "{\"hello\": 1}\n".getBytes(StandardCharsets.UTF_8))) {
            assertThatThrownBy(() -> connect(peer)).hasMessageContaining("no QMP greeting");
        }
        assertThat(folder.resolve("s")).exists();
        java.nio.file.Files.delete(folder.resolve("s"));
        try (ScriptedPeer peer = ScriptedPeer.start(folder, r -> "SSH-2.0\n".getBytes(StandardCharsets.UTF_8))) {
            assertThatThrownBy(() -> connect(peer)).hasMessageContaining("JSON, character 0");
        }
    }

    @Test
    void refusesALineWithoutEnd() throws Exception {
        byte[] endless = new byte[5 << 20];
        java.util.Arrays.fill(endless, (byte) ' ');
        try (ScriptedPeer peer = ScriptedPeer.start(folder, r -> endless)) {
            assertThatThrownBy(() -> connect(peer)).hasMessageContaining("longer than 4194304 bytes");
        }
    }

    @Test
    void doesNotWaitForeverForASilentOrVanishedPeer() throws Exception {
        try (ScriptedPeer peer = ScriptedPeer.start(folder, r -> new byte[0])) {
            assertThatThrownBy(() -> connect(peer)).hasMessageContaining("did not answer 'the greeting'");
        }
        java.nio.file.Files.delete(folder.resolve("s"));
        try (ScriptedPeer peer = ScriptedPeer.start(folder, r -> null)) {
            assertThatThrownBy(() -> connect(peer))
                    .isInstanceOf(PeerGoneException.class)
                    .hasMessageContaining("before it answered");
        }
    }

    @Test
    void skipsRepliesToOtherCommands() throws Exception {
        try (ScriptedPeer peer =
                monitor("{\"return\": {}, \"id\": \"zzz\"}\r\n{\"return\": {\"a\": 1}, \"id\": \"ID\"}\r\n")) {
            assertThat(connect(peer).execute("x").intAt("a")).contains(1);
        }
    }
}
