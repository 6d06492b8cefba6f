package dev.breakmake.lab.scheduler.storage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** A value for a jsonb column. */
public record Json(String text) {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final TypeReference<LinkedHashMap<String, String>> TEXTS = new TypeReference<>() {};

    /** A flat object of texts, names sorted. */
    public static Json of(Map<String, String> values) {
        try {
            return new Json(MAPPER.writeValueAsString(new TreeMap<>(values)));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a map of texts is always JSON", e);
        }
    }

    static Map<String, String> map(String text) {
        try {
            return MAPPER.readValue(text, TEXTS);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(
                    "the database holds what is no object of texts: " + e.getOriginalMessage(), e);
        }
    }
}
