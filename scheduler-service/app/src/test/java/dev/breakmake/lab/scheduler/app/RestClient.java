package dev.breakmake.lab.scheduler.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;

/** A plain HTTP client that reads JSON answers. */
final class RestClient {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final HttpClient client = HttpClient.newHttpClient();
    private final URI base;

    RestClient(URI base) {
        this.base = base;
    }

    record Answer(int status, String type, JsonNode json, HttpResponse<String> raw) {
        String text(String pointer) {
            return json.at(pointer).asText();
        }
    }

    Answer get(String path) {
        return send(request(path).GET().build());
    }

    Answer post(String path, String json) {
        return send("POST", path, "application/json", json, Map.of());
    }

    Answer yaml(String path, String yaml) {
        return send("POST", path, "application/yaml", yaml, Map.of());
    }

    Answer put(String path, byte[] bytes) {
        return send(request(path).PUT(BodyPublishers.ofByteArray(bytes)).build());
    }

    Answer send(String verb, String path, String type, String body, Map<String, String> headers) {
        HttpRequest.Builder request =
                request(path).header("Content-Type", type).method(verb, BodyPublishers.ofString(body));
        headers.forEach(request::header);
        return send(request.build());
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(base.toString().replaceAll("/$", "") + path));
    }

    Answer send(HttpRequest request) {
        try {
            HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
            String type = response.headers().firstValue("Content-Type").orElse("");
            JsonNode json = type.contains("json") ? MAPPER.readTree(response.body()) : MAPPER.createObjectNode();
            return new Answer(response.statusCode(), type, json, response);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(request.uri().toString(), e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
