package dev.breakmake.lab.scheduler.document;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Duration;
import com.google.protobuf.MapEntry;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;

/**
 * Contract messages as JSON. As proto3's mapping, with three differences that make it pleasant to use with jq: 64-bit integers are numbers, enum values
 * leave out the enum's name, and zero numbers and false are written.
 */
public final class MessageWriter {

    private static final JsonFactory FACTORY = new JsonFactory();

    private MessageWriter() {}

    /** {@code message} as one line of JSON. */
    public static String json(Message message) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = FACTORY.createGenerator(text)) {
            write(message, out);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return text.toString();
    }

    private static void write(Message message, JsonGenerator out) throws IOException {
        out.writeStartObject();
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            if (isWritten(message, field)) {
                out.writeFieldName(field.getJsonName());
                value(field, message.getField(field), out);
            }
        }
        out.writeEndObject();
    }

    private static boolean isWritten(Message message, FieldDescriptor field) {
        if (field.isRepeated()) {
            return message.getRepeatedFieldCount(field) > 0;
        }
        if (message.hasField(field)) {
            return true;
        }
        return switch (field.getJavaType()) {
            case INT, LONG, BOOLEAN -> field.getContainingOneof() == null;
            default -> false;
        };
    }

    private static void value(FieldDescriptor field, Object value, JsonGenerator out) throws IOException {
        if (field.isMapField()) {
            out.writeStartObject();
            for (Object entry : sorted((List<?>) value)) {
                MapEntry<?, ?> pair = (MapEntry<?, ?>) entry;
                out.writeFieldName(String.valueOf(pair.getKey()));
                single(field.getMessageType().findFieldByName("value"), pair.getValue(), out);
            }
            out.writeEndObject();
        } else if (field.isRepeated()) {
            out.writeStartArray();
            for (Object item : (List<?>) value) {
                single(field, item, out);
            }
            out.writeEndArray();
        } else {
            single(field, value, out);
        }
    }

    private static List<?> sorted(List<?> entries) {
        return entries.stream()
                .sorted(Comparator.comparing(entry -> String.valueOf(((MapEntry<?, ?>) entry).getKey())))
                .toList();
    }

    private static void single(FieldDescriptor field, Object value, JsonGenerator out) throws IOException {
        switch (value) {
            case String text -> out.writeString(text);
            case Long number -> out.writeNumber(number);
            case Integer number -> out.writeNumber(number);
            case Boolean flag -> out.writeBoolean(flag);
            case Double number -> out.writeNumber(number);
            case EnumValueDescriptor name -> out.writeString(Scalars.name(name));
            case ByteString bytes -> out.writeString(Base64.getEncoder().encodeToString(bytes.toByteArray()));
            case Timestamp instant -> out.writeString(Scalars.instant(instant).toString());
            case Duration length -> out.writeString(Scalars.text(length));
            case Message nested -> write(nested, out);
            default ->
                throw new IllegalArgumentException(field.getFullName() + " has type "
                        + JavaType.valueOf(field.getJavaType().name()));
        }
    }
}
