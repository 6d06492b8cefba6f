package dev.breakmake.lab.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Clients that mean no good, on the lab's own port: each gets a clear word, and the lab goes on serving others. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileClientsIT {

    private static final int WATCHERS = 10_000;
    /** The default of breakmake.scheduler.streams. */
    private static final int PLACES = 4_000;

    private static final long MOST_RESIDENT_KIB = 900_000;
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @TempDir
    static Path directory;

    private ServiceProcess lab;
    private Rest rest;

    @BeforeAll
    void start() throws Exception {
        lab = new ServiceProcess(
                "lab",
                ServiceProcess.jarOf("local-lab"),
                directory,
                ServiceProcess.freePort(),
                Map.of("breakmake.lab.home", directory.resolve("home").toString(), "breakmake.runner.slots", "1"));
        lab.start().awaitListening();
        rest = new Rest(lab.url());
    }

    @AfterAll
    void stop() throws Exception {
        if (lab != null) {
            lab.stop();
        }
    }

    @AfterEach
    void theLabStillServes() throws Exception {
        Await.until(
                "the lab is ready",
                PATIENCE,
                () -> rest.get("/health/ready").path("status").asText().equals("UP"));
        assertThat(rest.get("/v1/projects").path("projects").size()).isPositive();
    }

    private HttpResponse<String> post(String type, String body) throws Exception {
        return rest.send(rest.request("/v1/projects/default/runs")
                .header("Content-Type", type)
                .POST(BodyPublishers.ofString(body))
                .build());
    }

    @Test
    void what_cannot_be_read_is_a_problem_with_a_reason() throws Exception {
        for (List<String> body : List.of(
                List.of("application/json", "{\"spec\": "),
                List.of("application/json", "[".repeat(50_000)),
                List.of("application/yaml", "a: ".repeat(20_000)),
                List.of("application/yaml", "{".repeat(50_000)),
                List.of("application/yaml", "x: &a [*a, *a]"),
                List.of("application/yaml", "spec: \u0000"),
                List.of("application/json", "{\"spec\": {\"boot\": {\"flow\": \"../../etc/passwd\"}}}"),
                List.of("text/html", "<html>"))) {
            HttpResponse<String> answer = post(body.get(0), body.get(1));
            assertThat(answer.statusCode())
                    .as(body.get(1).substring(0, Math.min(30, body.get(1).length())))
                    .isBetween(400, 499);
            assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
            assertThat(answer.body()).contains("\"reason\"");
        }
    }

    @Test
    void paths_lead_nowhere_else() throws Exception {
        for (String path : List.of(
                "/v1/projects/..%2f..%2fetc/jobs",
                "/v1/projects/default/images/..%2f..%2fpasswd",
                "/trace/..%2f..%2f..%2fetc%2fpasswd",
                "/trace/%2e%2e/%2e%2e/etc/passwd",
                "/v1/traces/1%00",
                "/v1/projects/default/runs/" + "a".repeat(3_000))) {
            HttpResponse<String> answer = rest.send(rest.request(path).build());
            assertThat(answer.statusCode()).as(path).isBetween(400, 499);
            assertThat(answer.body()).doesNotContain("root:");
        }
    }

    @Test
    void a_body_without_an_end_is_cut_off() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), lab.port())) {
            socket.setSoTimeout(60_000);
            OutputStream out = socket.getOutputStream();
            String head = String.join(
                    "\r\n",
                    "POST /v1/projects/default/runs HTTP/1.1",
                    "Host: lab",
                    "Content-Type: application/json",
                    "Transfer-Encoding: chunked",
                    "",
                    "");
            out.write(head.getBytes(StandardCharsets.US_ASCII));
            byte[] chunk = ("10000\r\n" + "x".repeat(0x10000) + "\r\n").getBytes(StandardCharsets.US_ASCII);
            // A server that neither reads nor closes would hold the writes for ever: no timeout of a socket is for
            // them.
            assertTimeoutPreemptively(PATIENCE, () -> {
                try {
                    for (int i = 0; i < 1_000; i++) {
                        out.write(chunk);
                    }
                    assertThat(answer(socket)).contains("413");
                } catch (SocketException closed) {
                    // Cut off in the middle of our sending: just as good.
                    assertThat(closed).isNotNull();
                }
            });
        }
    }

    @Test
    void a_head_without_measure_is_answered_in_either_version_of_the_protocol() throws Exception {
        for (HttpClient.Version version : List.of(HttpClient.Version.HTTP_1_1, HttpClient.Version.HTTP_2)) {
            HttpClient client = HttpClient.newBuilder().version(version).build();
            try {
                HttpResponse<String> answer = client.send(
                        rest.request("/v1/projects")
                                .timeout(PATIENCE)
                                .header("Authorization", "Bearer " + "x".repeat(100_000))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
                assertThat(answer.statusCode()).as(version.name()).isEqualTo(431);
            } finally {
                client.shutdownNow(); // close() would wait for the rest of the head to be sent, however long that takes
            }
        }
        // With a change of protocol that is asked for and then not finished.
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), lab.port())) {
            socket.setSoTimeout(60_000);
            String head = String.join(
                    "\r\n",
                    "GET /v1/projects HTTP/1.1",
                    "Host: lab",
                    "Connection: Upgrade, HTTP2-Settings",
                    "Upgrade: h2c",
                    "HTTP2-Settings: AAEAAEAAAAIAAAAAAAMAAAAAAAQBAAAAAAUAAEAAAAYABgAA",
                    "X-Filler: " + "x".repeat(30_000));
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            assertThat(answer(socket)).startsWith("HTTP/1.1 431 ");
        }
    }

    private static String answer(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        byte[] head = in.readNBytes(40);
        return new String(head, StandardCharsets.US_ASCII);
    }

    @Test
    void noise_on_the_port_disturbs_nobody() throws Exception {
        SplittableRandom random = new SplittableRandom(20261128);
        for (int i = 0; i < 50; i++) {
            byte[] noise = new byte[random.nextInt(1, 4_000)];
            random.nextBytes(noise);
            if (i % 2 == 0) {
                // As a client of HTTP/2, which gRPC is, would begin.
                byte[] preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
                System.arraycopy(preface, 0, noise, 0, Math.min(preface.length, noise.length));
            }
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), lab.port())) {
                socket.getOutputStream().write(noise);
            } catch (SocketException refused) {
                assertThat(refused).isNotNull();
            }
        }
    }

    @Test
    void ten_thousand_idle_watchers_are_served_or_refused_in_words_and_cost_bounded_memory() throws Exception {
        JsonNode run = rest.yaml(
                "/v1/projects/default/runs", "spec: {boot: {flow: arm64/base}, requiredLabels: [nobody-has-this]}");
        String name = run.path("name").asText();
        List<Socket> watchers = new ArrayList<>();
        try {
            int served = 0;
            int refused = 0;
            for (int i = 0; i < WATCHERS; i++) {
                Socket socket = watcher(name);
                watchers.add(socket);
                String status = answer(socket);
                if (status.startsWith("HTTP/1.1 200 OK")) {
                    served++;
                } else {
                    assertThat(status).startsWith("HTTP/1.1 429");
                    refused++;
                }
            }
            assertThat(served).isEqualTo(PLACES);
            assertThat(refused).isEqualTo(WATCHERS - PLACES);
            assertThat(residentKib(lab.pid())).isLessThan(MOST_RESIDENT_KIB);
            var late = rest.send(rest.request("/v1/" + name + ":watch").build());
            assertThat(late.statusCode()).isEqualTo(429);
            assertThat(late.headers().firstValue("Retry-After")).isPresent();
            assertThat(late.body()).contains("QUOTA_EXCEEDED").contains(PLACES + " streams");
            assertThat(rest.get("/v1/" + name).path("state").asText()).isEqualTo("RUNNING");
        } finally {
            for (Socket socket : watchers) {
                socket.close();
            }
        }
        Await.until("those who left make room", PATIENCE, () -> {
            try (Socket socket = watcher(name)) {
                return answer(socket).startsWith("HTTP/1.1 200 OK");
            }
        });
        rest.post("/v1/" + name + ":cancel", "{}");
    }

    private Socket watcher(String run) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), lab.port());
        socket.setSoTimeout(60_000);
        socket.getOutputStream()
                .write(("GET /v1/" + run + ":watch HTTP/1.1\r\nHost: lab\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static long residentKib(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .map(line -> line.replaceAll("[^0-9]", ""))
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElseThrow();
    }
}
