package dev.breakmake.lab.scheduler.document;

import dev.breakmake.lab.scheduler.document.DocumentNode.Entry;
import dev.breakmake.lab.scheduler.document.DocumentNode.ListNode;
import dev.breakmake.lab.scheduler.document.DocumentNode.MapNode;
import dev.breakmake.lab.scheduler.domain.FieldError;
import dev.breakmake.lab.scheduler.domain.LabException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the place of a field in the document it came from: mistakes found after reading get line and column too. */
public final class DocumentPlaces {

    private static final Pattern STEP = Pattern.compile("\\.?([^.\\[\\]]+)|\\[(\\d+)]");

    private DocumentPlaces() {}

    /**
     * {@code error} with line and column for every mistake that lacks them.
     *
     * @param root the document
     * @param rootField path of the request's field the document filled; empty for the whole request
     */
    public static LabException locate(DocumentNode root, String rootField, LabException error) {
        if (error.errors().isEmpty()) {
            return error;
        }
        List<FieldError> located = error.errors().stream()
                .map(mistake -> locate(root, rootField, mistake))
                .toList();
        String detail = located.equals(error.errors()) ? error.detail() : message(located);
        return new LabException(error.reason(), detail, located, error.metadata());
    }

    private static String message(List<FieldError> errors) {
        return errors.getFirst() + (errors.size() > 1 ? " (and " + (errors.size() - 1) + " more)" : "");
    }

    private static FieldError locate(DocumentNode root, String rootField, FieldError error) {
        if (error.line() > 0 || error.field().isEmpty()) {
            return error;
        }
        String path = error.field().startsWith(rootField + ".")
                ? error.field().substring(rootField.length() + 1)
                : error.field();
        DocumentNode at = root;
        boolean found = false;
        Matcher step = STEP.matcher(path);
        while (step.find()) {
            Optional<DocumentNode> next =
                    step.group(1) != null ? child(at, step.group(1)) : item(at, Integer.parseInt(step.group(2)));
            if (next.isEmpty()) {
                break;
            }
            at = next.get();
            found = true;
        }
        return found ? new FieldError(error.field(), at.line(), at.column(), error.detail()) : error;
    }

    private static Optional<DocumentNode> child(DocumentNode node, String name) {
        if (!(node instanceof MapNode map)) {
            return Optional.empty();
        }
        return map.entries().stream()
                .filter(entry -> entry.name().equals(name))
                .findFirst()
                .map(Entry::value);
    }

    private static Optional<DocumentNode> item(DocumentNode node, int index) {
        return node instanceof ListNode list && index < list.items().size()
                ? Optional.of(list.items().get(index))
                : Optional.empty();
    }
}
