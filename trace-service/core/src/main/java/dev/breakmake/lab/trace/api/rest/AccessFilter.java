package dev.breakmake.lab.trace.api.rest;

import dev.breakmake.lab.trace.domain.Access;
import dev.breakmake.lab.trace.domain.TraceException;
import jakarta.inject.Inject;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/** Finds out who calls before a resource is asked. The explorer's files are open to all; what they show is not. */
public final class AccessFilter {

    private final Access access;

    /** Filters by {@code access}. */
    @Inject
    public AccessFilter(Access access) {
        this.access = access;
    }

    /** A refusal, or nothing to let the request pass. */
    @ServerRequestFilter
    public Optional<Response> filter(ContainerRequestContext request) {
        try {
            access.require(request.getHeaderString(HttpHeaders.AUTHORIZATION), Access.Action.READ);
            return Optional.empty();
        } catch (TraceException e) {
            return Optional.of(new Problems().toResponse(e));
        }
    }
}
