package dev.breakmake.lab.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code breakmake up, status, down}, each a process as on a desk. */
class UpDownStatusIT {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    @TempDir
    Path directory;

    private record Said(int code, String out, String err) {
        JsonNode json() throws IOException {
            return MAPPER.readTree(out);
        }
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        breakmake("down");
    }

    /** The command, with a place of its own for the start-up cache it would make. */
    private Said breakmake(String... arguments) throws Exception {
        CliProgram.Result result = new CliProgram(directory)
                .run(Map.of("XDG_CACHE_HOME", directory.resolve("cache").toString()), arguments);
        return new Said(result.exit(), result.out(), result.err());
    }

    @Test
    void a_lab_comes_up_says_how_it_is_and_goes_down_again() throws Exception {
        Said before = breakmake("status");
        assertThat(before.code()).isEqualTo(2);
        assertThat(before.out()).contains("STOPPED").contains("breakmake up");

        Said up = breakmake("up", "--port", "0", "--slots", "1", "--json");
        assertThat(up.code()).as(up.err()).isZero();
        assertThat(up.json().path("phase").asText()).isEqualTo("READY");
        assertThat(up.json().path("alreadyRunning").asBoolean()).isFalse();
        Rest rest = new Rest(up.json().path("url").asText());
        assertThat(rest.get("/v1/projects").path("projects").size()).isEqualTo(1);

        JsonNode status = Await.value("the lab is well", ServiceProcess.PATIENCE, () -> {
            Said said = breakmake("status", "--json");
            return said.code() == 0 ? Optional.of(said.json()) : Optional.empty();
        });
        assertThat(status.path("state").asText()).isEqualTo("READY");
        assertThat(status.path("pid")).isEqualTo(up.json().path("pid"));
        assertThat(status.path("checks").findValuesAsText("name")).contains("runner", "scheduler");

        Said again = breakmake("up", "--port", "0", "--json");
        assertThat(again.code()).isZero();
        assertThat(again.json().path("alreadyRunning").asBoolean()).isTrue();
        assertThat(again.json().path("pid")).isEqualTo(up.json().path("pid"));

        Said down = breakmake("down", "--json");
        assertThat(down.code()).as(down.err()).isZero();
        assertThat(down.json().path("wasRunning").asBoolean()).isTrue();
        // It holds nothing any more; the process itself may live on for a while to write its start-up cache.
        assertThatThrownBy(() -> rest.get("/v1/projects")).isInstanceOf(ConnectException.class);
        Optional<ProcessHandle> process = ProcessHandle.of(up.json().path("pid").asLong());
        Await.until(
                "the lab's process ends",
                ServiceProcess.PATIENCE,
                () -> process.filter(ProcessHandle::isAlive).isEmpty());
        assertThat(breakmake("status").code()).isEqualTo(2);
        assertThat(breakmake("down").out()).contains("no lab is running");
    }

    @Test
    void a_killed_lab_is_called_so_and_taken_up_or_cleaned_up() throws Exception {
        Said up = breakmake("up", "--port", "0", "--slots", "1", "--json");
        assertThat(up.code()).as(up.err()).isZero();
        String run = new Rest(up.json().path("url").asText())
                .yaml("/v1/projects/default/runs", "spec: {boot: {flow: arm64/base}}")
                .path("name")
                .asText();
        kill(up);
        Said killed = breakmake("status", "--json");
        assertThat(killed.code()).isEqualTo(2);
        assertThat(killed.json().path("state").asText()).isEqualTo("KILLED");

        Said second = breakmake("up", "--port", "0", "--slots", "1", "--json");
        assertThat(second.code()).as(second.err()).isZero();
        Rest rest = new Rest(second.json().path("url").asText());
        assertThat(rest.awaitEnd(run, ServiceProcess.PATIENCE).path("state").asText())
                .isEqualTo("SUCCEEDED");
        kill(second);
        Said down = breakmake("down", "--json");
        assertThat(down.code()).as(down.err()).isZero();
        assertThat(down.json().path("cleanedUp").asBoolean()).isTrue();
        assertThat(breakmake("status", "--json").json().path("state").asText()).isEqualTo("STOPPED");
    }

    private static void kill(Said up) throws Exception {
        ProcessHandle lab = ProcessHandle.of(up.json().path("pid").asLong()).orElseThrow();
        lab.destroyForcibly();
        lab.onExit().get(ServiceProcess.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
}
