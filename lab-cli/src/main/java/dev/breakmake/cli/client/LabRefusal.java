package dev.breakmake.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.breakmake.cli.CommandFailure;
import dev.breakmake.cli.report.json.Json;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** A lab's problem document as the failure of a command. */
final class LabRefusal {

    private static final int UNAUTHENTICATED = 401;
    private static final int FORBIDDEN = 403;
    private static final int SERVER = 500;

    private LabRefusal() {}

    static CommandFailure of(int status, String body, LabAddress address) {
        JsonNode problem;
        try {
            problem = Json.parse(body);
        } catch (IllegalArgumentException e) {
            return CommandFailure.fault(
                    address.url() + " answered " + status + ", but not as a lab does",
                    "is that the address of a lab?",
                    e);
        }
        String detail = problem.path("detail").asText(problem.path("title").asText("status " + status));
        if (status == UNAUTHENTICATED || status == FORBIDDEN) {
            return CommandFailure.usage(
                    "the lab refuses: " + detail,
                    address.token() == null
                            ? "set a token in the environment: " + LabAddress.TOKEN_VARIABLE
                            : "the token in " + LabAddress.TOKEN_VARIABLE + " does not allow this");
        }
        if (status >= SERVER) {
            return CommandFailure.fault(
                    "the lab cannot: " + detail, "its log says why; 'breakmake status' where it is");
        }
        String errors = StreamSupport.stream(problem.path("errors").spliterator(), false)
                .skip(1)
                .map(LabRefusal::line)
                .collect(Collectors.joining("\n"));
        return CommandFailure.usage("the lab refuses: " + detail, errors);
    }

    private static String line(JsonNode error) {
        String place = error.has("line")
                ? "line " + error.path("line").asInt() + ", column "
                        + error.path("column").asInt() + ": "
                : "";
        return place + error.path("field").asText() + ": "
                + error.path("detail").asText();
    }
}
