package dev.breakmake.lab.trace.api.rest;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/**
 * Messages of the contract as JSON in the house's form, which differs from protobuf's own: addresses (fixed64) are hex strings, counts are
 * numbers, enum values have lost their prefix, severities are lower case. Fields that are not set are left out unless they are lists or
 * numbers.
 */
final class ProtoJson {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final ObjectMapper JSON = new ObjectMapper();

    private ProtoJson() {}

    /** The mapper for everything that is no message. */
    static ObjectMapper mapper() {
        return JSON;
    }

    /** A message as a JSON object. */
    static ObjectNode of(Message message) {
        ObjectNode node = NODES.objectNode();
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            if (field.isRepeated()) {
                ArrayNode list = node.putArray(field.getJsonName());
                for (Object element : (List<?>) message.getField(field)) {
                    put(list, field, element);
                }
            } else if (isWorthWriting(message, field)) {
                ArrayNode one = NODES.arrayNode();
                put(one, field, message.getField(field));
                node.set(field.getJsonName(), one.get(0));
            }
        }
        return node;
    }

    private static boolean isWorthWriting(Message message, FieldDescriptor field) {
        if (field.hasPresence()) {
            return message.hasField(field);
        }
        return switch (field.getJavaType()) {
            case INT, LONG, BOOLEAN -> true;
            case ENUM -> ((EnumValueDescriptor) message.getField(field)).getNumber() != 0;
            default -> message.hasField(field) || !message.getField(field).equals(field.getDefaultValue());
        };
    }

    private static void put(ArrayNode list, FieldDescriptor field, Object value) {
        switch (value) {
            case Timestamp time ->
                list.add(Instant.ofEpochSecond(time.getSeconds(), time.getNanos())
                        .toString());
            case Message message -> list.add(of(message));
            case Long number
            when field.getType() == FieldDescriptor.Type.FIXED64 -> list.add("0x" + Long.toHexString(number));
            case Long number -> list.add((long) number);
            case Integer number -> list.add((int) number);
            case Boolean flag -> list.add((boolean) flag);
            case EnumValueDescriptor constant -> list.add(enumName(constant));
            case ByteString bytes -> list.add(Base64.getEncoder().encodeToString(bytes.toByteArray()));
            default -> list.add(value.toString());
        }
    }

    /** TRACE_STATE_OPEN of enum TraceState becomes OPEN. */
    private static String enumName(EnumValueDescriptor constant) {
        String type = constant.getType().getName();
        String prefix = type.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toUpperCase(Locale.ROOT) + "_";
        String name = constant.getName().startsWith(prefix)
                ? constant.getName().substring(prefix.length())
                : constant.getName();
        return type.equals("Severity") ? name.toLowerCase(Locale.ROOT) : name;
    }
}
