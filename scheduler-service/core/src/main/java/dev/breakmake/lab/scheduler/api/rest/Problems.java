package dev.breakmake.lab.scheduler.api.rest;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.breakmake.lab.scheduler.domain.FieldError;
import dev.breakmake.lab.scheduler.domain.LabException;
import java.util.Locale;

/** Errors as RFC 9457 problems, with google.rpc's code and reason as extensions. */
final class Problems {

    static final String MEDIA_TYPE = "application/problem+json";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Problems() {}

    static String json(LabException error, String instance) {
        String slug = error.reason().name().toLowerCase(Locale.ROOT).replace('_', '-');
        ObjectNode problem = MAPPER.createObjectNode()
                .put("type", "https://breakmake.dev/problems/" + slug)
                .put("title", slug.replace('-', ' '))
                .put("status", error.reason().httpStatus())
                .put("detail", error.detail())
                .put("instance", instance)
                .put("code", error.reason().code().name())
                .put("reason", error.reason().name())
                .put("domain", "lab");
        ObjectNode metadata = problem.putObject("metadata");
        error.metadata().forEach(metadata::put);
        ArrayNode errors = problem.putArray("errors");
        for (FieldError mistake : error.errors()) {
            ObjectNode entry =
                    errors.addObject().put("field", mistake.field()).put("pointer", pointer(mistake.field()));
            if (mistake.line() > 0) {
                entry.put("line", mistake.line()).put("column", mistake.column());
            }
            entry.put("reason", error.reason().name()).put("detail", mistake.detail());
        }
        return problem.toString();
    }

    /** {@code spec.matrix.axes[1]} as a JSON pointer. */
    private static String pointer(String field) {
        return field.isEmpty()
                ? ""
                : "/" + field.replace("[", "/").replace("]", "").replace('.', '/');
    }
}
