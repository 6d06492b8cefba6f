package dev.breakmake.lab.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** REST as a user's script would use it. */
final class Rest {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();
    private final String base;

    Rest(String base) {
        this.base = base;
    }

    JsonNode get(String path) throws IOException, InterruptedException {
        return ok(send(request(path).GET().build()));
    }

    JsonNode yaml(String path, String body) throws IOException, InterruptedException {
        return ok(send(request(path)
                .header("Content-Type", "application/yaml")
                .POST(BodyPublishers.ofString(body))
                .build()));
    }

    JsonNode post(String path, String json) throws IOException, InterruptedException {
        return ok(send(request(path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json))
                .build()));
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(base + path)).timeout(PATIENCE);
    }

    /** The whole answer. A request's own timeout ends with the head of the answer, so that a body without an end needs this one. */
    HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<String>> answer = client.sendAsync(request, BodyHandlers.ofString());
        try {
            return answer.get(2 * PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new IOException(request.method() + " " + request.uri() + " was not answered whole", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException refused) {
                throw refused;
            }
            throw new IOException(request.method() + " " + request.uri() + ": " + e.getCause(), e.getCause());
        }
    }

    private static JsonNode ok(HttpResponse<String> response) throws IOException {
        if (response.statusCode() != 200) {
            throw new IOException(response.request().method() + " " + response.uri() + ": " + response.statusCode()
                    + " " + response.body());
        }
        return MAPPER.readTree(response.body());
    }

    /** Uploads a file under a tag and returns its digest. */
    String upload(Path file, String tag, String kind, List<String> companions)
            throws IOException, InterruptedException {
        byte[] bytes = Files.readAllBytes(file);
        String sha256 = sha256(bytes);
        StringBuilder query = new StringBuilder("?kind=" + kind + "&tags=" + tag);
        companions.forEach(companion -> query.append("&companions=").append(companion));
        ok(send(request("/v1/projects/default/images/" + sha256 + query)
                .PUT(BodyPublishers.ofByteArray(bytes))
                .build()));
        return sha256;
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Waits until a run has ended, whatever happens to the lab meanwhile. */
    JsonNode awaitEnd(String run, Duration patience) throws InterruptedException {
        return Await.value(run + " ends", patience, () -> {
            JsonNode state = get("/v1/" + run);
            return List.of("SUCCEEDED", "FAILED", "CANCELLED")
                            .contains(state.path("state").asText())
                    ? java.util.Optional.of(state)
                    : java.util.Optional.empty();
        });
    }

    /** Every cell of a run, in matrix order. */
    List<JsonNode> cells(String run) throws IOException, InterruptedException {
        List<JsonNode> all = new ArrayList<>();
        String token = "";
        do {
            JsonNode page = get("/v1/" + run + "/cells?pageSize=200&pageToken=" + token);
            page.path("cells").forEach(all::add);
            token = page.path("nextPageToken").asText();
        } while (!token.isEmpty());
        return all;
    }
}
