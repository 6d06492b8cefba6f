package dev.breakmake.lab.trace.api.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.breakmake.lab.trace.domain.TraceException;
import dev.breakmake.lab.trace.domain.TraceException.Reason;
import jakarta.ws.rs.core.Response;
import java.util.Locale;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Refusals as application/problem+json (RFC 9457) with the extensions code, reason, domain and metadata. */
public final class Problems {

    private static final String TYPE = "https://breakmake.dev/problems/";
    private static final int RETRY_SECONDS = 1;

    /** The response of a refusal. */
    @ServerExceptionMapper
    public Response toResponse(TraceException e) {
        int status = status(e.reason());
        ObjectNode body = ProtoJson.mapper().createObjectNode();
        body.put("type", TYPE + e.reason().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        body.put("title", title(e.reason()));
        body.put("status", status);
        body.put("detail", e.detail());
        body.put("code", code(e.reason()));
        body.put("reason", e.reason().name());
        body.put("domain", "trace");
        ObjectNode metadata = body.putObject("metadata");
        e.metadata().forEach(metadata::put);
        Response.ResponseBuilder response =
                Response.status(status).type("application/problem+json").entity(body.toString());
        if (status == 429 || status == 503) {
            response.header("Retry-After", RETRY_SECONDS);
        }
        return response.build();
    }

    private static int status(Reason reason) {
        return switch (reason) {
            case ARGUMENT_INVALID, TRACE_GAP, TRACE_CORRUPT, TRACE_SEALED, TRACE_NOT_SEALED -> 400;
            case UNAUTHENTICATED -> 401;
            case ROLE_MISSING -> 403;
            case NOT_FOUND -> 404;
            case LEASE_LOST -> 409;
            case TRACE_TOO_LARGE, OVERLOADED -> 429;
            case STORAGE_LOW, DATABASE_DOWN -> 503;
        };
    }

    private static String code(Reason reason) {
        return switch (reason) {
            case ARGUMENT_INVALID, TRACE_GAP, TRACE_CORRUPT -> "INVALID_ARGUMENT";
            case TRACE_SEALED, TRACE_NOT_SEALED -> "FAILED_PRECONDITION";
            case UNAUTHENTICATED -> "UNAUTHENTICATED";
            case ROLE_MISSING -> "PERMISSION_DENIED";
            case NOT_FOUND -> "NOT_FOUND";
            case LEASE_LOST -> "ABORTED";
            case TRACE_TOO_LARGE, OVERLOADED -> "RESOURCE_EXHAUSTED";
            case STORAGE_LOW, DATABASE_DOWN -> "UNAVAILABLE";
        };
    }

    private static String title(Reason reason) {
        return switch (reason) {
            case ARGUMENT_INVALID -> "The request is not valid";
            case NOT_FOUND -> "Not found";
            case TRACE_GAP -> "Bytes are missing";
            case LEASE_LOST -> "The lease is lost";
            case TRACE_SEALED -> "The trace is sealed";
            case TRACE_NOT_SEALED -> "The trace is not sealed yet";
            case TRACE_CORRUPT -> "The trace is damaged";
            case TRACE_TOO_LARGE -> "The trace is too large";
            case UNAUTHENTICATED -> "A token is needed";
            case ROLE_MISSING -> "The token's role does not permit this";
            case OVERLOADED -> "Too much at the same time";
            case STORAGE_LOW -> "Out of storage";
            case DATABASE_DOWN -> "The database does not answer";
        };
    }
}
