package dev.breakmake.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.breakmake.cli.CommandFailure;
import dev.breakmake.cli.report.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Requests to a lab. What it refuses becomes a {@link CommandFailure} with the lab's own words. */
public final class LabClient implements AutoCloseable {

    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration ANSWER = Duration.ofMinutes(5);
    private static final int NOT_FOUND = 404;

    private final LabAddress address;
    private final HttpClient http;

    /** A client of the lab there. */
    public LabClient(LabAddress address) {
        this.address = address;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT)
                .build();
    }

    /** The lab's address. */
    public URI url() {
        return address.url();
    }

    /** A parameter's value as it stands in a path. */
    public static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Reads a resource; {@code path} begins with {@code /v1/}. */
    public JsonNode get(String path) throws IOException, InterruptedException {
        return answer(request(path).GET());
    }

    /** Reads a resource that may not exist. */
    public Optional<JsonNode> find(String path) throws IOException, InterruptedException {
        HttpResponse<String> response = send(request(path).timeout(ANSWER).GET().build());
        return response.statusCode() == NOT_FOUND ? Optional.empty() : Optional.of(checked(response));
    }

    /** All pages of a list. */
    public List<JsonNode> list(String path, String field, int most) throws IOException, InterruptedException {
        List<JsonNode> items = new ArrayList<>();
        String token = "";
        do {
            String separator = path.contains("?") ? "&" : "?";
            JsonNode page = get(path + separator + "pageSize=" + Math.min(1000, most - items.size())
                    + (token.isEmpty() ? "" : "&pageToken=" + encoded(token)));
            page.path(field).forEach(items::add);
            token = page.path("nextPageToken").asText("");
        } while (!token.isEmpty() && items.size() < most);
        return items;
    }

    /** Sends JSON. */
    public JsonNode send(String verb, String path, ObjectNode body) throws IOException, InterruptedException {
        return answer(request(path)
                .header("Content-Type", "application/json")
                .method(verb, BodyPublishers.ofString(Json.writeLine(body))));
    }

    /** Sends a document as it is. */
    public JsonNode send(String verb, String path, String type, String text) throws IOException, InterruptedException {
        return answer(request(path).header("Content-Type", type).method(verb, BodyPublishers.ofString(text)));
    }

    /** Deletes a resource. */
    public void delete(String path) throws IOException, InterruptedException {
        answer(request(path).DELETE());
    }

    /** Sends a file. */
    public JsonNode put(String path, Path file) throws IOException, InterruptedException {
        BodyPublisher body = BodyPublishers.ofFile(file);
        return answer(
                request(path).header("Content-Type", "application/octet-stream").PUT(body));
    }

    /** Reads a file; the caller closes it. */
    public InputStream file(String path) throws IOException, InterruptedException {
        return opened(request(path));
    }

    /** Opens a stream of server-sent events; the caller closes it. */
    InputStream stream(String path, String lastEvent) throws IOException, InterruptedException {
        HttpRequest.Builder request = request(path).header("Accept", "text/event-stream");
        if (!lastEvent.isEmpty()) {
            request.header("Last-Event-ID", lastEvent);
        }
        return opened(request);
    }

    private InputStream opened(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<InputStream> response = send(request.GET().build(), BodyHandlers.ofInputStream());
        if (response.statusCode() == 200) {
            return response.body();
        }
        try (InputStream body = response.body()) {
            throw LabRefusal.of(
                    response.statusCode(), new String(body.readAllBytes(), StandardCharsets.UTF_8), address);
        }
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address.url() + path));
        @Nullable String token = address.token();
        return token == null ? request : request.header("Authorization", "Bearer " + token);
    }

    private JsonNode answer(HttpRequest.Builder request) throws IOException, InterruptedException {
        return checked(send(request.timeout(ANSWER).build()));
    }

    private JsonNode checked(HttpResponse<String> response) {
        if (response.statusCode() / 100 != 2) {
            throw LabRefusal.of(response.statusCode(), response.body(), address);
        }
        try {
            return response.body().isBlank() ? Json.object() : Json.parse(response.body());
        } catch (IllegalArgumentException e) {
            throw CommandFailure.fault(
                    address.url() + " answers, but not as a lab does", "is that the address of a lab?", e);
        }
    }

    private HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return send(request, BodyHandlers.ofString());
    }

    private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> body)
            throws IOException, InterruptedException {
        try {
            return http.send(request, body);
        } catch (ConnectException | HttpConnectTimeoutException e) {
            throw CommandFailure.fault(
                    "no lab answers at " + address.url(),
                    "is it running ('breakmake status')? Another one: --lab URL or " + LabAddress.URL_VARIABLE,
                    e);
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
