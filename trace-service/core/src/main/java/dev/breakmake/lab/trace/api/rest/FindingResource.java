package dev.breakmake.lab.trace.api.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.breakmake.lab.trace.domain.Texts;
import dev.breakmake.lab.trace.domain.TraceCatalogue;
import dev.breakmake.lab.trace.domain.TraceException;
import dev.breakmake.lab.trace.domain.TraceException.Reason;
import dev.breakmake.lab.v1.Severity;
import dev.breakmake.trace.v1.ListKnownFindingsRequest;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import org.jspecify.annotations.Nullable;

/** Findings across traces, and where they were seen. */
@Path("/v1")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public final class FindingResource {

    private final TraceCatalogue catalogue;

    FindingResource(TraceCatalogue catalogue) {
        this.catalogue = catalogue;
    }

    @GET
    @Path("findings")
    public String findings(
            @QueryParam("project") @Nullable String project,
            @QueryParam("rule") @Nullable String rule,
            @QueryParam("region") @Nullable String region,
            @QueryParam("symbol") @Nullable String symbol,
            @QueryParam("severity") @Nullable String severity,
            @QueryParam("pageSize") @Nullable String pageSize,
            @QueryParam("pageToken") @Nullable String pageToken) {
        return ProtoJson.of(catalogue.findings(ListKnownFindingsRequest.newBuilder()
                        .setParent(Arguments.text(project))
                        .setRule(Arguments.text(rule))
                        .setRegion(Arguments.text(region))
                        .setSymbol(Arguments.text(symbol))
                        .setSeverity(severity(Arguments.text(severity)))
                        .setPageSize(Arguments.small("pageSize", pageSize, 0))
                        .setPageToken(Arguments.text(pageToken))
                        .build()))
                .toString();
    }

    private static Severity severity(String text) {
        return switch (text) {
            case "" -> Severity.SEVERITY_UNSPECIFIED;
            case "error" -> Severity.SEVERITY_ERROR;
            case "warning" -> Severity.SEVERITY_WARNING;
            case "lint" -> Severity.SEVERITY_LINT;
            default ->
                throw new TraceException(
                        Reason.ARGUMENT_INVALID,
                        "severity: '" + Texts.shorten(text) + "' is none of error, warning, lint");
        };
    }

    @GET
    @Path("occurrences")
    public String occurrences(
            @QueryParam("parent") @Nullable String parent,
            @QueryParam("rule") @Nullable String rule,
            @QueryParam("pageSize") @Nullable String pageSize,
            @QueryParam("pageToken") @Nullable String pageToken) {
        TraceCatalogue.SeenPage page = catalogue.occurrences(
                Arguments.text(parent),
                Arguments.text(rule),
                Arguments.small("pageSize", pageSize, 0),
                Arguments.text(pageToken));
        ObjectNode body = ProtoJson.mapper().createObjectNode();
        ArrayNode list = body.putArray("occurrences");
        for (TraceCatalogue.Seen seen : page.occurrences()) {
            ObjectNode occurrence = list.addObject();
            occurrence.put("trace", seen.trace().name());
            occurrence.put("attempt", seen.trace().attempt());
            occurrence.put("imageName", seen.trace().imageName());
            if (seen.trace().sealTime() != null) {
                occurrence.put("sealTime", seen.trace().sealTime().toString());
            }
            occurrence.set("finding", evidence(seen));
        }
        if (!page.nextPageToken().isEmpty()) {
            body.put("nextPageToken", page.nextPageToken());
        }
        return body.toString();
    }

    private static JsonNode evidence(TraceCatalogue.Seen seen) {
        try {
            for (JsonNode finding : ProtoJson.mapper().readTree(seen.findingsJson())) {
                if (finding.path("fingerprint").asText().equals(seen.fingerprint())) {
                    return finding;
                }
            }
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("stored findings of " + seen.trace().name() + " are damaged", e);
        }
        throw new IllegalStateException(
                "trace " + seen.trace().name() + " has no evidence of finding " + seen.fingerprint());
    }
}
