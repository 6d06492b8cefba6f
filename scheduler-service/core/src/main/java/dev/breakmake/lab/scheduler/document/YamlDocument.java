package dev.breakmake.lab.scheduler.document;

import dev.breakmake.lab.scheduler.document.DocumentNode.Entry;
import dev.breakmake.lab.scheduler.document.DocumentNode.ListNode;
import dev.breakmake.lab.scheduler.document.DocumentNode.MapNode;
import dev.breakmake.lab.scheduler.document.DocumentNode.ScalarKind;
import dev.breakmake.lab.scheduler.document.DocumentNode.ScalarNode;
import dev.breakmake.lab.scheduler.domain.FieldError;
import dev.breakmake.lab.scheduler.domain.LabException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** YAML 1.2 to a tree. One document per file; aliases only within narrow bounds, so that ten lines cannot become ten gigabytes. */
public final class YamlDocument {

    private static final int MAX_DEPTH = 32;
    private static final int MAX_NODES = 200_000;

    private int nodes;

    private YamlDocument() {}

    /** Parses {@code text}. */
    public static DocumentNode parse(String text) {
        LoadSettings settings = LoadSettings.builder()
                .setUseMarks(true)
                .setAllowDuplicateKeys(true)
                .setMaxAliasesForCollections(20)
                .setCodePointLimit(16 * 1024 * 1024)
                .build();
        try {
            refuseDepth(settings, text);
            Optional<Node> root = new Compose(settings).composeString(text);
            if (root.isEmpty()) {
                throw LabException.invalid(List.of(new FieldError("", 1, 1, "the document is empty")));
            }
            return new YamlDocument().node(root.get(), 0);
        } catch (MarkedYamlEngineException e) {
            Mark mark = e.getProblemMark().or(e::getContextMark).orElse(null);
            throw LabException.invalid(List.of(new FieldError(
                    "",
                    mark == null ? 1 : mark.getLine() + 1,
                    mark == null ? 1 : mark.getColumn() + 1,
                    "not YAML: " + e.getProblem())));
        } catch (YamlEngineException e) {
            throw LabException.invalid(List.of(new FieldError("", 1, 1, "not YAML: " + e.getMessage())));
        }
    }

    /** Events come from a loop, nodes from a recursion that deep nesting would overflow: the depth is checked on the events first. */
    private static void refuseDepth(LoadSettings settings, String text) {
        int depth = 0;
        for (Event event : new Parse(settings).parseString(text)) {
            switch (event.getEventId()) {
                case MappingStart, SequenceStart -> depth++;
                case MappingEnd, SequenceEnd -> depth--;
                default -> {}
            }
            if (depth > MAX_DEPTH) {
                Mark mark = event.getStartMark().orElse(null);
                throw tooDeep(mark == null ? 1 : mark.getLine() + 1, mark == null ? 1 : mark.getColumn() + 1);
            }
        }
    }

    private static LabException tooDeep(int line, int column) {
        return LabException.invalid(
                List.of(new FieldError("", line, column, "nested deeper than " + MAX_DEPTH + " levels")));
    }

    private DocumentNode node(Node node, int depth) {
        Mark mark = node.getStartMark().orElse(null);
        int line = mark == null ? 1 : mark.getLine() + 1;
        int column = mark == null ? 1 : mark.getColumn() + 1;
        if (depth > MAX_DEPTH) {
            throw tooDeep(line, column);
        }
        if (++nodes > MAX_NODES) {
            throw LabException.invalid(
                    List.of(new FieldError("", line, column, "more than " + MAX_NODES + " values in one document")));
        }
        return switch (node) {
            case MappingNode mapping -> {
                List<Entry> entries = new ArrayList<>();
                for (NodeTuple tuple : mapping.getValue()) {
                    entries.add(entry(tuple, depth));
                }
                yield new MapNode(line, column, entries);
            }
            case SequenceNode sequence -> {
                List<DocumentNode> items = new ArrayList<>();
                for (Node item : sequence.getValue()) {
                    items.add(node(item, depth + 1));
                }
                yield new ListNode(line, column, items);
            }
            case org.snakeyaml.engine.v2.nodes.ScalarNode scalar ->
                new ScalarNode(line, column, scalar.getValue(), kind(scalar.getTag()));
            default ->
                throw LabException.invalid(
                        List.of(new FieldError("", line, column, "aliases may not refer to themselves")));
        };
    }

    private Entry entry(NodeTuple tuple, int depth) {
        DocumentNode key = node(tuple.getKeyNode(), depth + 1);
        if (!(key instanceof ScalarNode name)) {
            throw LabException.invalid(
                    List.of(new FieldError("", key.line(), key.column(), "a name must be plain text")));
        }
        return new Entry(name.text(), name.line(), name.column(), node(tuple.getValueNode(), depth + 1));
    }

    private static ScalarKind kind(Tag tag) {
        if (tag.equals(Tag.INT) || tag.equals(Tag.FLOAT)) {
            return ScalarKind.NUMBER;
        }
        if (tag.equals(Tag.BOOL)) {
            return ScalarKind.BOOLEAN;
        }
        return tag.equals(Tag.NULL) ? ScalarKind.NULL : ScalarKind.TEXT;
    }
}
