package dev.breakmake.lab.scheduler.document;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Duration;
import com.google.protobuf.FieldMask;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import dev.breakmake.lab.scheduler.document.DocumentNode.Entry;
import dev.breakmake.lab.scheduler.document.DocumentNode.ListNode;
import dev.breakmake.lab.scheduler.document.DocumentNode.MapNode;
import dev.breakmake.lab.scheduler.document.DocumentNode.ScalarKind;
import dev.breakmake.lab.scheduler.document.DocumentNode.ScalarNode;
import dev.breakmake.lab.scheduler.domain.FieldError;
import dev.breakmake.lab.scheduler.domain.LabException;
import dev.breakmake.lab.scheduler.domain.Names;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Fills a contract message from a document. Strict: unknown and repeated names are mistakes; up to twenty mistakes are reported at once. */
public final class MessageReader {

    private static final int MAX_ERRORS = 20;

    private final List<FieldError> errors = new ArrayList<>();

    private MessageReader() {}

    /** Fills {@code builder} from {@code root}; throws SCHEMA_INVALID with every mistake found. */
    public static void read(DocumentNode root, Message.Builder builder) {
        MessageReader reader = new MessageReader();
        reader.message(root, builder, "");
        if (!reader.errors.isEmpty()) {
            throw LabException.invalid(reader.errors);
        }
    }

    private void message(DocumentNode node, Message.Builder builder, String path) {
        if (!(node instanceof MapNode map)) {
            error(path, node, "expected a mapping of names to values");
            return;
        }
        Descriptor type = builder.getDescriptorForType();
        Map<String, Entry> seen = new HashMap<>();
        for (Entry entry : map.entries()) {
            Entry earlier = seen.putIfAbsent(entry.name(), entry);
            String fieldPath = path.isEmpty() ? entry.name() : path + "." + entry.name();
            if (earlier != null) {
                error(fieldPath, entry.line(), entry.column(), "is already given in line " + earlier.line());
                continue;
            }
            FieldDescriptor field = field(type, entry.name());
            if (field == null) {
                error(fieldPath, entry.line(), entry.column(), "is no field here; known are " + known(type));
                continue;
            }
            FieldDescriptor sibling = field.getContainingOneof() == null
                    ? null
                    : builder.getOneofFieldDescriptor(field.getContainingOneof());
            if (sibling != null) {
                error(
                        fieldPath,
                        entry.line(),
                        entry.column(),
                        "cannot be given together with " + sibling.getJsonName());
                continue;
            }
            field(field, entry.value(), builder, fieldPath);
        }
    }

    private void field(FieldDescriptor field, DocumentNode value, Message.Builder builder, String path) {
        if (value instanceof ScalarNode scalar && scalar.kind() == ScalarKind.NULL) {
            return;
        }
        if (field.isMapField()) {
            map(field, value, builder, path);
        } else if (field.isRepeated()) {
            if (!(value instanceof ListNode list)) {
                error(path, value, "expected a list");
                return;
            }
            int index = 0;
            for (DocumentNode item : list.items()) {
                Object parsed = value(field, item, builder, path + "[" + index++ + "]");
                if (parsed != null) {
                    builder.addRepeatedField(field, parsed);
                }
            }
        } else {
            Object parsed = value(field, value, builder, path);
            if (parsed != null) {
                builder.setField(field, parsed);
            }
        }
    }

    private void map(FieldDescriptor field, DocumentNode value, Message.Builder builder, String path) {
        if (!(value instanceof MapNode map)) {
            error(path, value, "expected a mapping of names to values");
            return;
        }
        Descriptor entryType = field.getMessageType();
        FieldDescriptor valueField = entryType.findFieldByName("value");
        Map<String, Entry> seen = new HashMap<>();
        for (Entry entry : map.entries()) {
            String entryPath = path + "." + Names.abbreviate(entry.name());
            Entry earlier = seen.putIfAbsent(entry.name(), entry);
            if (earlier != null) {
                error(entryPath, entry.line(), entry.column(), "is already given in line " + earlier.line());
                continue;
            }
            Message.Builder target = builder.newBuilderForField(field);
            Object parsed = value(valueField, entry.value(), target, entryPath);
            if (parsed != null) {
                target.setField(entryType.findFieldByName("key"), entry.name());
                target.setField(valueField, parsed);
                builder.addRepeatedField(field, target.build());
            }
        }
    }

    private @Nullable Object value(FieldDescriptor field, DocumentNode node, Message.Builder parent, String path) {
        if (field.getJavaType() == JavaType.MESSAGE) {
            return messageValue(field, node, parent, path);
        }
        if (!(node instanceof ScalarNode scalar)) {
            error(path, node, "expected a single value");
            return null;
        }
        try {
            return field.getJavaType() == JavaType.BYTE_STRING
                    ? ByteString.copyFrom(Base64.getDecoder().decode(scalar.text()))
                    : Scalars.value(field, scalar.text());
        } catch (IllegalArgumentException e) {
            error(path, node, String.valueOf(e.getMessage()));
            return null;
        }
    }

    private @Nullable Object messageValue(
            FieldDescriptor field, DocumentNode node, Message.Builder parent, String path) {
        Descriptor type = field.getMessageType();
        try {
            if (type.getFullName().equals(Duration.getDescriptor().getFullName())) {
                return Scalars.duration(text(node));
            }
            if (type.getFullName().equals(Timestamp.getDescriptor().getFullName())) {
                return Scalars.timestamp(text(node));
            }
            if (type.getFullName().equals(FieldMask.getDescriptor().getFullName())) {
                return Scalars.fieldMask(text(node));
            }
        } catch (IllegalArgumentException e) {
            error(path, node, String.valueOf(e.getMessage()));
            return null;
        }
        Message.Builder nested = parent.newBuilderForField(field);
        message(node, nested, path);
        return nested.build();
    }

    private static String text(DocumentNode node) {
        if (node instanceof ScalarNode scalar) {
            return scalar.text();
        }
        throw new IllegalArgumentException("expected a single value");
    }

    private static @Nullable FieldDescriptor field(Descriptor type, String name) {
        for (FieldDescriptor field : type.getFields()) {
            if (field.getJsonName().equals(name)) {
                return field;
            }
        }
        return null;
    }

    private static String known(Descriptor type) {
        return type.getFields().stream().map(FieldDescriptor::getJsonName).collect(Collectors.joining(", "));
    }

    private void error(String path, DocumentNode at, String detail) {
        error(path, at.line(), at.column(), detail);
    }

    private void error(String path, int line, int column, String detail) {
        if (errors.size() < MAX_ERRORS) {
            errors.add(new FieldError(Names.abbreviate(path), line, column, detail));
        }
    }
}
