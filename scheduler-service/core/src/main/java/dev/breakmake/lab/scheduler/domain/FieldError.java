package dev.breakmake.lab.scheduler.domain;

/**
 * One mistake in a request.
 *
 * @param field path of the field, for example {@code spec.matrix.axes[1].values[0]}; empty for the document as a whole
 * @param line line in the document, counted from 1; 0 when the request is no document
 * @param column column in that line, counted from 1; 0 when the request is no document
 * @param detail what is wrong and what would be right
 */
public record FieldError(String field, int line, int column, String detail) {

    /** A mistake in a field whose place in a document is not known. */
    public static FieldError of(String field, String detail) {
        return new FieldError(field, 0, 0, detail);
    }

    /** For people: place and detail. */
    @Override
    public String toString() {
        String place = line > 0 ? "line " + line + ", column " + column + ": " : "";
        return place + (field.isEmpty() ? "" : field + ": ") + detail;
    }
}
