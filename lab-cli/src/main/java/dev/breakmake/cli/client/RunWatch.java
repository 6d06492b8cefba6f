package dev.breakmake.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.breakmake.cli.CommandFailure;
import dev.breakmake.cli.report.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Follows a run: a snapshot first, then every change, over interruptions of the connection. */
public final class RunWatch {

    private static final int MOST_RECONNECTS = 30;
    private static final long RECONNECT_MILLIS = 1_000;

    private final LabClient lab;
    private final String run;
    private final Consumer<JsonNode> events;
    private String resumeToken = "";
    private boolean ended;

    /**
     * A watch.
     *
     * @param run projects/{p}/runs/{r}
     * @param events takes each event: {@code {run}} or {@code {cell}}
     */
    public RunWatch(LabClient lab, String run, Consumer<JsonNode> events) {
        this.lab = lab;
        this.run = run;
        this.events = events;
    }

    /** Follows until the run ends. */
    public void follow() throws IOException, InterruptedException {
        int broken = 0;
        while (!ended) {
            String before = resumeToken;
            try {
                connection();
            } catch (IOException e) {
                broken = resumeToken.equals(before) ? broken + 1 : 1;
                if (broken > MOST_RECONNECTS) {
                    throw CommandFailure.fault(
                            "the lab was lost while watching " + run + ": " + e.getMessage(),
                            "the run goes on there; watch it again: breakmake watch " + run,
                            e);
                }
            }
            if (!ended) {
                Thread.sleep(RECONNECT_MILLIS);
            }
        }
    }

    private void connection() throws IOException, InterruptedException {
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(lab.stream("/v1/" + run + ":watch", resumeToken), StandardCharsets.UTF_8))) {
            String name = "";
            StringBuilder data = new StringBuilder();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("event:")) {
                    name = line.substring("event:".length()).strip();
                } else if (line.startsWith("data:")) {
                    data.append(line.substring("data:".length()).strip());
                } else if (line.isEmpty() && !data.isEmpty()) {
                    event(name, data.toString());
                    data.setLength(0);
                }
            }
        }
    }

    private void event(String name, String data) throws IOException {
        JsonNode event = Json.parse(data);
        if (name.equals("error")) {
            throw new IOException(event.path("detail").asText("the lab ended the stream"));
        }
        resumeToken = event.path("resumeToken").asText(resumeToken);
        ended |= event.path("end").asBoolean();
        events.accept(event);
    }
}
