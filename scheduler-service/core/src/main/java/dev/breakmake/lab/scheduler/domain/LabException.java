package dev.breakmake.lab.scheduler.domain;

import java.util.List;
import java.util.Map;

/** A request that cannot be met, with everything the caller needs to act on it. */
public final class LabException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final Reason reason;
    private final transient List<FieldError> errors;
    private final transient Map<String, String> metadata;

    /** An error without particulars. */
    public LabException(Reason reason, String detail) {
        this(reason, detail, List.of(), Map.of());
    }

    /** An error with the mistakes found, and facts by name. */
    public LabException(Reason reason, String detail, List<FieldError> errors, Map<String, String> metadata) {
        super(detail);
        this.reason = reason;
        this.errors = List.copyOf(errors);
        this.metadata = Map.copyOf(metadata);
    }

    /** An error caused by another one, whose text stays in the log. */
    public LabException(Reason reason, String detail, Throwable cause) {
        super(detail, cause);
        this.reason = reason;
        this.errors = List.of();
        this.metadata = Map.of();
    }

    /** SCHEMA_INVALID with the mistakes found; the first one becomes the message. */
    public static LabException invalid(List<FieldError> errors) {
        String more = errors.size() > 1 ? " (and " + (errors.size() - 1) + " more)" : "";
        return new LabException(Reason.SCHEMA_INVALID, errors.getFirst() + more, errors, Map.of());
    }

    /** SCHEMA_INVALID for one field. */
    public static LabException invalid(String field, String detail) {
        return invalid(List.of(FieldError.of(field, detail)));
    }

    /** NOT_FOUND for a resource, also when the caller may not see it. */
    public static LabException notFound(String name) {
        return new LabException(Reason.NOT_FOUND, "'" + name + "' does not exist", List.of(), Map.of("resource", name));
    }

    /** ETAG_MISMATCH: somebody else changed the resource since it was read. */
    public static LabException etagMismatch(String name) {
        return new LabException(
                Reason.ETAG_MISMATCH,
                "'" + name + "' was changed since it was read; read it again",
                List.of(),
                Map.of("resource", name));
    }

    /** Why. */
    public Reason reason() {
        return reason;
    }

    /** What is wrong: never null, {@link #getMessage()} for callers that want no null checks. */
    public String detail() {
        String message = getMessage();
        return message == null ? reason.name() : message;
    }

    /** Mistakes by field. */
    public List<FieldError> errors() {
        return errors;
    }

    /** Facts by name. */
    public Map<String, String> metadata() {
        return metadata;
    }
}
