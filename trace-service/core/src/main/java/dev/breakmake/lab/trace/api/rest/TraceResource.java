package dev.breakmake.lab.trace.api.rest;

import dev.breakmake.lab.trace.domain.Pages;
import dev.breakmake.lab.trace.domain.Texts;
import dev.breakmake.lab.trace.domain.TraceCatalogue;
import dev.breakmake.lab.trace.domain.TraceException;
import dev.breakmake.lab.trace.domain.TraceException.Reason;
import dev.breakmake.lab.trace.domain.TraceQueries;
import dev.breakmake.trace.v1.ListTracesRequest;
import dev.breakmake.trace.v1.TraceState;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Traces, their steps, diffs, walks and maps. */
@Path("/v1")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public final class TraceResource {

    private static final String ID = "{id: [0-9]{1,18}}";
    private static final int EXPORT_BYTES = 256 * 1024;

    private final TraceCatalogue catalogue;
    private final TraceQueries queries;

    TraceResource(TraceCatalogue catalogue, TraceQueries queries) {
        this.catalogue = catalogue;
        this.queries = queries;
    }

    @GET
    @Path("traces")
    public String list(
            @QueryParam("parent") @Nullable String parent,
            @QueryParam("state") @Nullable String state,
            @QueryParam("imageName") @Nullable String imageName,
            @QueryParam("rule") @Nullable String rule,
            @QueryParam("pageSize") @Nullable String pageSize,
            @QueryParam("pageToken") @Nullable String pageToken) {
        return ProtoJson.of(catalogue.traces(ListTracesRequest.newBuilder()
                        .setParent(Arguments.text(parent))
                        .setState(state(state))
                        .setImageName(Arguments.text(imageName))
                        .setRule(Arguments.text(rule))
                        .setPageSize(Arguments.small("pageSize", pageSize, 0))
                        .setPageToken(Arguments.text(pageToken))
                        .build()))
                .toString();
    }

    /** The number before the verb: a template cannot share its path segment with literal text. */
    private static long idOf(String segment) {
        return Long.parseLong(segment.substring(0, segment.indexOf(':')));
    }

    private static TraceState state(@Nullable String state) {
        return switch (Arguments.text(state)) {
            case "" -> TraceState.TRACE_STATE_UNSPECIFIED;
            case "OPEN" -> TraceState.TRACE_STATE_OPEN;
            case "SEALED" -> TraceState.TRACE_STATE_SEALED;
            case "REJECTED" -> TraceState.TRACE_STATE_REJECTED;
            default ->
                throw new TraceException(
                        Reason.ARGUMENT_INVALID,
                        "state: '" + Texts.shorten(Arguments.text(state)) + "' is none of OPEN, SEALED, REJECTED");
        };
    }

    @GET
    @Path("traces/" + ID)
    public String get(@PathParam("id") long id) {
        return ProtoJson.of(catalogue.trace("traces/" + id)).toString();
    }

    @GET
    @Path("traces:byAttempt")
    public String byAttempt(@QueryParam("attempt") @Nullable String attempt) {
        return ProtoJson.of(catalogue.trace(Arguments.text(attempt))).toString();
    }

    @GET
    @Path("traces/" + ID + "/findings")
    public String findings(@PathParam("id") long id) {
        return "{\"findings\":" + catalogue.findingsJson(id) + "}";
    }

    @GET
    @Path("traces/" + ID + "/milestones")
    public String milestones(@PathParam("id") long id) {
        return ProtoJson.of(queries.milestones(id)).toString();
    }

    @GET
    @Path("traces/" + ID + "/steps")
    public String steps(
            @PathParam("id") long id,
            @QueryParam("firstStep") @Nullable String firstStep,
            @QueryParam("pageSize") @Nullable String pageSize,
            @QueryParam("changesOnly") boolean changesOnly) {
        return ProtoJson.of(queries.steps(
                        id,
                        Arguments.number("firstStep", firstStep, 0),
                        Pages.size(Arguments.small("pageSize", pageSize, 0), 200, 5000),
                        changesOnly))
                .toString();
    }

    @GET
    @Path("traces/" + ID + "/steps/{step: [0-9]{1,18}}/diff")
    public String diff(
            @PathParam("id") long id, @PathParam("step") long step, @QueryParam("baseStep") @Nullable String baseStep) {
        OptionalLong base = Arguments.text(baseStep).isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(Arguments.number("baseStep", baseStep, 0));
        return ProtoJson.of(queries.diff(id, step, base)).toString();
    }

    @GET
    @Path("traces/{id: [0-9]{1,18}:walk}")
    public String walk(
            @PathParam("id") String segment,
            @QueryParam("va") @Nullable String va,
            @QueryParam("step") @Nullable String step,
            @QueryParam("pe") @Nullable String pe,
            @QueryParam("regime") @Nullable String regime) {
        return ProtoJson.of(queries.walk(
                        idOf(segment),
                        Arguments.number("step", step, -1),
                        Arguments.small("pe", pe, 0),
                        Arguments.text(regime),
                        Arguments.address("va", va)))
                .toString();
    }

    @GET
    @Path("traces/{id: [0-9]{1,18}:map}")
    public String map(
            @PathParam("id") String segment,
            @QueryParam("step") @Nullable String step,
            @QueryParam("pe") @Nullable String pe,
            @QueryParam("regime") @Nullable String regime) {
        return ProtoJson.of(queries.map(
                        idOf(segment),
                        Arguments.number("step", step, -1),
                        Arguments.small("pe", pe, 0),
                        Arguments.text(regime)))
                .toString();
    }

    @GET
    @Path("traces/{id: [0-9]{1,18}:changes}")
    public String changes(
            @PathParam("id") String segment,
            @QueryParam("va") @Nullable String va,
            @QueryParam("regime") @Nullable String regime,
            @QueryParam("firstStep") @Nullable String firstStep,
            @QueryParam("pageSize") @Nullable String pageSize) {
        return ProtoJson.of(queries.changes(
                        idOf(segment),
                        Arguments.address("va", va),
                        Arguments.text(regime),
                        Arguments.number("firstStep", firstStep, 0),
                        Pages.size(Arguments.small("pageSize", pageSize, 0), 100, 1000)))
                .toString();
    }

    @GET
    @Path("traces:compareMaps")
    public String compare(
            @QueryParam("base") @Nullable String base,
            @QueryParam("baseStep") @Nullable String baseStep,
            @QueryParam("target") @Nullable String target,
            @QueryParam("targetStep") @Nullable String targetStep,
            @QueryParam("pe") @Nullable String pe,
            @QueryParam("regime") @Nullable String regime) {
        int registers = Arguments.small("pe", pe, 0);
        return ProtoJson.of(queries.compare(
                        new TraceQueries.MapQuestion(
                                Arguments.number("base", base, 0),
                                Arguments.number("baseStep", baseStep, -1),
                                registers,
                                Arguments.text(regime)),
                        new TraceQueries.MapQuestion(
                                Arguments.number("target", target, 0),
                                Arguments.number("targetStep", targetStep, -1),
                                registers,
                                Arguments.text(regime))))
                .toString();
    }

    @GET
    @Path("traces/{id: [0-9]{1,18}:export}")
    @Produces(MediaType.APPLICATION_OCTET_STREAM)
    public Response export(@PathParam("id") String segment) {
        long id = idOf(segment);
        catalogue.trace("traces/" + id);
        StreamingOutput body = out -> {
            long offset = 0;
            for (byte[] piece = queries.export(id, offset, EXPORT_BYTES);
                    piece.length > 0;
                    piece = queries.export(id, offset, EXPORT_BYTES)) {
                out.write(piece);
                offset += piece.length;
            }
        };
        return Response.ok(body)
                .header("Content-Disposition", "attachment; filename=\"trace-" + id + ".bmt\"")
                .build();
    }
}
