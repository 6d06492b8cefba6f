package dev.breakmake.lab.scheduler.api.rest;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.FieldMask;
import com.google.protobuf.Message;
import dev.breakmake.lab.scheduler.document.DocumentNode;
import dev.breakmake.lab.scheduler.document.DocumentPlaces;
import dev.breakmake.lab.scheduler.document.JsonDocument;
import dev.breakmake.lab.scheduler.document.MessageReader;
import dev.breakmake.lab.scheduler.document.Scalars;
import dev.breakmake.lab.scheduler.document.YamlDocument;
import dev.breakmake.lab.scheduler.domain.LabException;
import dev.breakmake.lab.scheduler.domain.Names;
import dev.breakmake.lab.scheduler.domain.Reason;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Fills a request message from path, query and body. */
final class RequestBinder {

    private RequestBinder() {}

    /** A request and, when it had a body, the document it came from. */
    record Bound(Message request, Optional<DocumentNode> document, String bodyField) {

        /** {@code error} with the places of its mistakes in the document. */
        LabException located(LabException error) {
            return document.map(root -> DocumentPlaces.locate(root, bodyField, error))
                    .orElse(error);
        }
    }

    static Bound bind(
            Route route,
            Map<String, String> path,
            Map<String, List<String>> query,
            @Nullable String contentType,
            String body) {
        Message.Builder request = route.prototype().newBuilderForType();
        Optional<DocumentNode> document = Optional.empty();
        if (!route.body().isEmpty() && !body.isBlank()) {
            DocumentNode root = parse(contentType, body);
            document = Optional.of(root);
            MessageReader.read(root, route.body().equals("*") ? request : nested(request, route.body()));
        }
        query.forEach((name, values) -> parameter(request, name, values));
        path.forEach((name, value) -> set(request, name, value));
        return new Bound(request.build(), document, route.body().equals("*") ? "" : route.body());
    }

    private static DocumentNode parse(@Nullable String contentType, String body) {
        String type = contentType == null
                ? "application/json"
                : contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        return switch (type) {
            case "application/json" -> JsonDocument.parse(body);
            case "application/yaml", "application/x-yaml", "text/yaml" -> YamlDocument.parse(body);
            default ->
                throw new LabException(
                        Reason.MEDIA_TYPE_UNSUPPORTED,
                        "'" + Names.abbreviate(type)
                                + "' is not understood here; send application/json or application/yaml");
        };
    }

    private static Message.Builder nested(Message.Builder builder, String field) {
        return builder.getFieldBuilder(descriptor(builder, field));
    }

    private static void parameter(Message.Builder request, String name, List<String> values) {
        FieldDescriptor field = request.getDescriptorForType().getFields().stream()
                .filter(candidate -> candidate.getJsonName().equals(name))
                .filter(candidate -> candidate.getJavaType() != FieldDescriptor.JavaType.MESSAGE || isMask(candidate))
                .findFirst()
                .orElseThrow(() -> LabException.invalid(Names.abbreviate(name), "is no parameter of this method"));
        try {
            if (isMask(field)) {
                // More than one counts as one of all their names.
                request.setField(field, Scalars.fieldMask(String.join(",", values)));
            } else if (field.isRepeated()) {
                values.forEach(value -> request.addRepeatedField(field, Scalars.value(field, value)));
            } else {
                request.setField(field, Scalars.value(field, values.getLast()));
            }
        } catch (IllegalArgumentException e) {
            throw LabException.invalid(name, String.valueOf(e.getMessage()));
        }
    }

    private static boolean isMask(FieldDescriptor field) {
        return field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
                && field.getMessageType().equals(FieldMask.getDescriptor());
    }

    private static void set(Message.Builder request, String path, String value) {
        int dot = path.indexOf('.');
        if (dot < 0) {
            request.setField(descriptor(request, path), value);
        } else {
            set(nested(request, path.substring(0, dot)), path.substring(dot + 1), value);
        }
    }

    private static FieldDescriptor descriptor(Message.Builder builder, String name) {
        FieldDescriptor field = builder.getDescriptorForType().findFieldByName(name);
        if (field == null) {
            throw new IllegalStateException("a route names the field '" + name + "', which its request does not have");
        }
        return field;
    }
}
