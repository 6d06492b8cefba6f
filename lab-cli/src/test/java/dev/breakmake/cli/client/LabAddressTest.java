package dev.breakmake.cli.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.breakmake.cli.CommandFailure;
import dev.breakmake.cli.ExitCode;
import dev.breakmake.cli.lab.LabFolder;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabAddressTest {

    @TempDir
    private Path folder;

    private LabFolder here() {
        return new LabFolder(folder);
    }

    @Test
    void theOptionWinsOverTheVariableAndTheVariableOverTheLabHere() throws IOException {
        Map<String, String> environment = Map.of("BREAKMAKE_LAB", "http://lab:7400/", "BREAKMAKE_TOKEN", "secret");
        assertThat(LabAddress.of("desk:7401", environment, here()).url()).hasToString("http://desk:7401");
        assertThat(LabAddress.of(null, environment, here()).url()).hasToString("http://lab:7400");
        assertThat(LabAddress.of(null, environment, here()).token()).isEqualTo("secret");
    }

    @Test
    void theLabOfThisMachineIsFoundByItsStateFile() throws IOException {
        ProcessHandle self = ProcessHandle.current();
        Files.writeString(
                here().state(),
                "{\"pid\": %d, \"processStart\": \"%s\", \"phase\": \"READY\", \"progress\": \"\", \"url\":"
                                .formatted(
                                        self.pid(), self.info().startInstant().orElseThrow())
                        + " \"http://127.0.0.1:7777\", \"explorer\": \"\"}");
        assertThat(LabAddress.of(null, Map.of(), here()).url()).hasToString("http://127.0.0.1:7777");
    }

    @Test
    void withoutAnyLabTheMessageSaysHowToGetOne() {
        assertThatThrownBy(() -> LabAddress.of(null, Map.of(), here()))
                .isInstanceOfSatisfying(CommandFailure.class, failure -> {
                    assertThat(failure.exitCode()).isEqualTo(ExitCode.FAULT);
                    assertThat(failure.hint()).contains("breakmake up").contains("--lab");
                });
        assertThatThrownBy(() -> LabAddress.of("ftp://lab", Map.of(), here()))
                .isInstanceOfSatisfying(
                        CommandFailure.class,
                        failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.USAGE));
    }

    @Test
    void aLabThatDoesNotAnswerIsAFaultOfTheEnvironment() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        try (LabClient client = new LabClient(LabAddress.of("127.0.0.1:" + port, Map.of(), here()))) {
            assertThatThrownBy(() -> client.get("/v1/runners"))
                    .isInstanceOfSatisfying(CommandFailure.class, failure -> {
                        assertThat(failure.exitCode()).isEqualTo(ExitCode.FAULT);
                        assertThat(failure).hasMessageContaining("no lab answers at http://127.0.0.1:" + port);
                    });
        }
    }
}
