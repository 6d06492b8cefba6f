package dev.breakmake.lab.scheduler.document;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.breakmake.lab.scheduler.document.DocumentNode.Entry;
import dev.breakmake.lab.scheduler.document.DocumentNode.ListNode;
import dev.breakmake.lab.scheduler.document.DocumentNode.MapNode;
import dev.breakmake.lab.scheduler.document.DocumentNode.ScalarKind;
import dev.breakmake.lab.scheduler.document.DocumentNode.ScalarNode;
import dev.breakmake.lab.scheduler.domain.FieldError;
import dev.breakmake.lab.scheduler.domain.LabException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** JSON to a tree. */
public final class JsonDocument {

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(32)
                    .maxNumberLength(64)
                    .build())
            .build();

    private JsonDocument() {}

    /** Parses {@code text}. */
    public static DocumentNode parse(String text) {
        try (JsonParser parser = FACTORY.createParser(text)) {
            if (parser.nextToken() == null) {
                throw LabException.invalid(List.of(new FieldError("", 1, 1, "the document is empty")));
            }
            DocumentNode root = node(parser);
            if (parser.nextToken() != null) {
                JsonLocation at = parser.currentTokenLocation();
                throw LabException.invalid(List.of(new FieldError(
                        "", at.getLineNr(), at.getColumnNr(), "something follows the end of the document")));
            }
            return root;
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            throw LabException.invalid(List.of(new FieldError(
                    "",
                    at == null ? 1 : at.getLineNr(),
                    at == null ? 1 : at.getColumnNr(),
                    "not JSON: " + e.getOriginalMessage())));
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory", e);
        }
    }

    private static DocumentNode node(JsonParser parser) throws IOException {
        JsonLocation at = parser.currentTokenLocation();
        int line = at.getLineNr();
        int column = at.getColumnNr();
        JsonToken token = parser.currentToken();
        return switch (token) {
            case START_OBJECT -> {
                List<Entry> entries = new ArrayList<>();
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    JsonLocation name = parser.currentTokenLocation();
                    String text = parser.currentName();
                    parser.nextToken();
                    entries.add(new Entry(text, name.getLineNr(), name.getColumnNr(), node(parser)));
                }
                yield new MapNode(line, column, entries);
            }
            case START_ARRAY -> {
                List<DocumentNode> items = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    items.add(node(parser));
                }
                yield new ListNode(line, column, items);
            }
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
                new ScalarNode(line, column, parser.getText(), ScalarKind.NUMBER);
            case VALUE_TRUE, VALUE_FALSE -> new ScalarNode(line, column, parser.getText(), ScalarKind.BOOLEAN);
            case VALUE_NULL -> new ScalarNode(line, column, "", ScalarKind.NULL);
            default -> new ScalarNode(line, column, parser.getText(), ScalarKind.TEXT);
        };
    }
}
