package dev.breakmake.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.breakmake.lab.v1.Job;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The JSON Schema of job files is generated from the contract and checked in; this test fails when it is stale. */
class JobSchemaTest {

    private static final Path SCHEMA = Path.of("src/main/resources/breakmake/lab/v1/job.schema.json");
    private static final Set<String> OUTPUT_ONLY = Set.of(
            "Job.name",
            "Job.etag",
            "Job.create_time",
            "Job.update_time",
            "BootSpec.image_digest",
            "Module.image_digest");
    private static final Gson GSON =
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    private final Map<String, JsonObject> definitions = new TreeMap<>();
    private Map<String, String> comments = Map.of();

    @Test
    void the_schema_of_job_files_is_that_of_the_contract() throws IOException {
        comments = ProtoSources.fieldComments();
        JsonObject root = new JsonObject();
        root.addProperty("$schema", "https://json-schema.org/draft/2020-12/schema");
        root.addProperty("$id", "https://breakmake.dev/schema/job-v1.json");
        root.addProperty("title", "Breakmake job file");
        object(Job.getDescriptor()).entrySet().forEach(entry -> root.add(entry.getKey(), entry.getValue()));
        JsonObject defs = new JsonObject();
        definitions.forEach(defs::add);
        root.add("$defs", defs);
        String generated = GSON.toJson(root) + "\n";
        if (Boolean.getBoolean("breakmake.update")) {
            Files.writeString(SCHEMA, generated);
        }
        assertThat(Files.readString(SCHEMA))
                .as("stale: run this test with -Dbreakmake.update=true and commit")
                .isEqualTo(generated);
    }

    private JsonObject object(Descriptor type) {
        JsonObject properties = new JsonObject();
        for (FieldDescriptor field : type.getFields()) {
            String key = type.getName() + "." + field.getName();
            if (OUTPUT_ONLY.contains(key)) {
                continue;
            }
            JsonObject schema = field.isMapField() ? map(field) : field.isRepeated() ? list(field) : single(field);
            schema.addProperty("description", comments.getOrDefault(key, ""));
            properties.add(field.getJsonName(), schema);
        }
        JsonObject object = new JsonObject();
        object.addProperty("type", "object");
        object.addProperty("additionalProperties", false);
        object.add("properties", properties);
        return object;
    }

    private JsonObject map(FieldDescriptor field) {
        JsonObject schema = type("object");
        schema.add("additionalProperties", single(field.getMessageType().findFieldByName("value")));
        return schema;
    }

    private JsonObject list(FieldDescriptor field) {
        JsonObject schema = type("array");
        schema.add("items", single(field));
        return schema;
    }

    private JsonObject single(FieldDescriptor field) {
        return switch (field.getJavaType()) {
            case STRING -> type("string", "integer", "boolean");
            case BOOLEAN -> type("boolean");
            case INT, LONG -> type("integer", "string");
            case ENUM -> names(field.getEnumType());
            case MESSAGE -> message(field.getMessageType());
            default -> throw new IllegalStateException(field.getFullName() + " has no place in a job file");
        };
    }

    private JsonObject message(Descriptor type) {
        JsonObject schema = new JsonObject();
        switch (type.getFullName()) {
            case "google.protobuf.Duration" -> {
                schema.addProperty("type", "string");
                schema.addProperty("pattern", "^[0-9]+(\\.[0-9]+)?(ms|s|m|h|d)$");
            }
            case "google.protobuf.Timestamp" -> {
                schema.addProperty("type", "string");
                schema.addProperty("format", "date-time");
            }
            default -> {
                if (!definitions.containsKey(type.getName())) {
                    definitions.put(type.getName(), new JsonObject());
                    definitions.put(type.getName(), object(type));
                }
                schema.addProperty("$ref", "#/$defs/" + type.getName());
            }
        }
        return schema;
    }

    private static JsonObject names(EnumDescriptor type) {
        String prefix = type.getName().replaceAll("([a-z0-9])([A-Z])", "$1_$2").toUpperCase(Locale.ROOT) + "_";
        JsonArray names = new JsonArray();
        type.getValues().stream()
                .filter(value -> value.getNumber() != 0)
                .forEach(value -> names.add(value.getName().substring(prefix.length())));
        JsonObject schema = new JsonObject();
        schema.add("enum", names);
        return schema;
    }

    private static JsonObject type(String... types) {
        JsonObject schema = new JsonObject();
        if (types.length == 1) {
            schema.addProperty("type", types[0]);
        } else {
            JsonArray all = new JsonArray();
            for (String type : types) {
                all.add(type);
            }
            schema.add("type", all);
        }
        return schema;
    }
}
