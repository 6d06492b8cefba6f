package dev.breakmake.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.breakmake.testkit.RealImages;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.Predicate;

/** Uses the lab as people do: over REST. */
final class LabDriver {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int PATIENCE = 3000;

    private final HttpClient client = HttpClient.newHttpClient();
    private final String base;

    LabDriver(URI base) {
        this.base = base.toString().replaceAll("/$", "");
    }

    String text(String path) {
        return send(HttpRequest.newBuilder(URI.create(base + path)).build());
    }

    JsonNode get(String path) {
        return json(text(path));
    }

    JsonNode post(String path, String type, String body) {
        return json(send(HttpRequest.newBuilder(URI.create(base + path))
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build()));
    }

    JsonNode post(String path, String body) {
        return post(path, "application/json", body);
    }

    private static JsonNode json(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (IOException e) {
            throw new IllegalStateException("no JSON: " + text, e);
        }
    }

    private String send(HttpRequest request) {
        try {
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new IllegalStateException(request.uri() + ": " + response.statusCode() + " " + response.body());
            }
            return response.body();
        } catch (IOException e) {
            throw new IllegalStateException(request.uri().toString(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Uploads a real Xen with its symbols under a tag; an earlier image of that tag loses it. */
    void upload(String name, String tag) {
        String symbols = put(name, "xen-syms", "");
        put(name, "xen", "?tags=" + tag + "&companions=" + symbols);
    }

    private String put(String name, String file, String query) {
        try {
            byte[] bytes = Files.readAllBytes(RealImages.require(name, file));
            String digest = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
            send(HttpRequest.newBuilder(URI.create(base + "/v1/projects/default/images/" + digest + query))
                    .PUT(HttpRequest.BodyPublishers.ofByteArray(bytes))
                    .build());
            return digest;
        } catch (IOException | NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Polls until the answer is as wanted; gives up after about five minutes. */
    JsonNode await(String path, Predicate<JsonNode> wanted) {
        String last = awaitText(path, text -> wanted.test(json(text)));
        if (!wanted.test(json(last))) {
            throw new IllegalStateException(path + " stays " + last);
        }
        return json(last);
    }

    /** Polls until the answer is as wanted, for about five minutes; the last answer. */
    String awaitText(String path, Predicate<String> wanted) {
        String last = text(path);
        for (int i = 0; i < PATIENCE && !wanted.test(last); i++) {
            try {
                Thread.sleep(100);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
            last = text(path);
        }
        return last;
    }
}
