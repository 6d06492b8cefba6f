package dev.breakmake.lab.scheduler.api.rest;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.breakmake.lab.scheduler.config.SchedulerSettings;
import dev.breakmake.lab.scheduler.config.Tokens;
import dev.breakmake.lab.scheduler.document.MessageWriter;
import dev.breakmake.lab.scheduler.domain.Caller;
import dev.breakmake.lab.scheduler.domain.LabException;
import dev.breakmake.lab.scheduler.domain.Names;
import dev.breakmake.lab.scheduler.domain.Reason;
import io.vertx.core.Context;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * REST as a transcoding of the contracts: finds the route, fills the request message, calls the domain, writes the answer. What it does not know it leaves to others on the
 * same port. Work happens on virtual threads, never on the event loop.
 */
@Singleton
final class RestGateway {

    private static final Logger LOG = Logger.getLogger(RestGateway.class);
    private static final int RETRY_AFTER_SECONDS = 5;
    private static final int ORDER = 100;

    private final RouteTable table;
    private final RestStreams streams;
    private final ImageUpload uploads;
    private final Tokens tokens;
    private final SchedulerSettings settings;

    RestGateway(RouteTable table, RestStreams streams, ImageUpload uploads, Tokens tokens, SchedulerSettings settings) {
        this.table = table;
        this.streams = streams;
        this.uploads = uploads;
        this.tokens = tokens;
        this.settings = settings;
    }

    void register(@Observes Router router) {
        router.put("/v1/projects/:project/images/:sha256").order(ORDER).handler(uploads::handle);
        router.get("/v1/*").order(ORDER + 1).handler(context -> {
            if (!streams.handle(context)) {
                context.next();
            }
        });
        router.route("/v1/*").order(ORDER + 2).handler(this::refuseLargeBodies);
        router.route("/v1/*").order(ORDER + 3).handler(context -> {
            if (isOurs(context)) {
                BodyHandler.create(false).setBodyLimit(settings.bodyBytes()).handle(context);
            } else {
                context.next();
            }
        });
        router.route("/v1/*").order(ORDER + 4).handler(this::handle);
    }

    private boolean isOurs(RoutingContext context) {
        return table.routes().stream()
                .anyMatch(route -> route.match(context.normalizedPath()).isPresent());
    }

    private void refuseLargeBodies(RoutingContext context) {
        String length = context.request().getHeader("Content-Length");
        boolean known = length != null && length.length() < 19 && length.chars().allMatch(Character::isDigit);
        if (isOurs(context) && known && Long.parseLong(length) > settings.bodyBytes()) {
            closeAfter(context);
            fail(context, tooLarge());
        } else {
            context.next();
        }
    }

    private LabException tooLarge() {
        return new LabException(Reason.BODY_TOO_LARGE, "the body is larger than " + settings.bodyBytes() + " bytes");
    }

    private void handle(RoutingContext context) {
        String path = context.normalizedPath();
        List<String> otherVerbs = new ArrayList<>();
        for (Route route : table.routes()) {
            Optional<Map<String, String>> match = route.match(path);
            if (match.isPresent()
                    && route.verb().equals(context.request().method().name())) {
                serve(context, route, match.get());
                return;
            }
            match.ifPresent(found -> otherVerbs.add(route.verb()));
        }
        if (otherVerbs.isEmpty()) {
            context.next();
        } else {
            context.response().putHeader("Allow", String.join(", ", otherVerbs));
            fail(
                    context,
                    new LabException(Reason.METHOD_NOT_ALLOWED, "use " + String.join(" or ", otherVerbs) + " here"));
        }
    }

    private void serve(RoutingContext context, Route route, Map<String, String> path) {
        Map<String, List<String>> query = new HashMap<>();
        context.queryParams()
                .forEach(entry -> query.computeIfAbsent(entry.getKey(), name -> new ArrayList<>())
                        .add(entry.getValue()));
        String contentType = context.request().getHeader("Content-Type");
        String authorization = context.request().getHeader("Authorization");
        String traceParent = context.request().getHeader("traceparent");
        String idempotencyKey = context.request().getHeader("Idempotency-Key");
        String body = context.body() == null || context.body().asString() == null
                ? ""
                : context.body().asString();
        Context eventLoop = context.vertx().getOrCreateContext();
        Thread.startVirtualThread(() -> {
            try {
                Caller caller = tokens.caller(authorization).within(traceParent);
                RequestBinder.Bound bound = RequestBinder.bind(route, path, query, contentType, body);
                Message request =
                        idempotencyKey == null ? bound.request() : withRequestId(bound.request(), idempotencyKey);
                String answer = answer(route, caller, request, bound);
                eventLoop.runOnContext(done -> send(context, 200, "application/json", answer));
            } catch (LabException e) {
                eventLoop.runOnContext(done -> fail(context, e));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                eventLoop.runOnContext(done -> fail(
                        context, new LabException(Reason.DATABASE_DOWN, "the lab is stopping; try again later", e)));
            } catch (RuntimeException | StackOverflowError e) {
                LOG.errorf(
                        e,
                        "%s %s failed for a reason of the lab's own",
                        route.verb(),
                        Names.abbreviate(context.normalizedPath()));
                eventLoop.runOnContext(
                        done -> fail(context, new LabException(Reason.INTERNAL, "the lab failed; its log says why")));
            }
        });
    }

    private static String answer(Route route, Caller caller, Message request, RequestBinder.Bound bound)
            throws InterruptedException {
        try {
            return MessageWriter.json(route.call().run(caller, request));
        } catch (LabException e) {
            throw bound.located(e);
        }
    }

    private static Message withRequestId(Message request, String key) {
        FieldDescriptor field = request.getDescriptorForType().findFieldByName("request_id");
        return field == null
                ? request
                : request.toBuilder().setField(field, key).build();
    }

    private static void send(RoutingContext context, int status, String type, String body) {
        if (!context.response().ended() && !context.response().closed()) {
            var _ = context.response()
                    .setStatusCode(status)
                    .putHeader("Content-Type", type)
                    .end(body + "\n");
        }
    }

    /** What is left of the body is not wanted. HTTP/1 has to be told; HTTP/2 resets the stream and forbids the header. */
    static void closeAfter(RoutingContext context) {
        if (context.request().version() != HttpVersion.HTTP_2) {
            context.response().putHeader("Connection", "close");
        }
    }

    /** Answers with a problem; must run on the event loop. */
    static void fail(RoutingContext context, LabException error) {
        if (error.reason().retryable() && !context.response().ended()) {
            context.response().putHeader("Retry-After", Integer.toString(RETRY_AFTER_SECONDS));
        }
        if (error.reason() == Reason.UNAUTHENTICATED && !context.response().ended()) {
            context.response().putHeader("WWW-Authenticate", "Bearer");
        }
        send(
                context,
                error.reason().httpStatus(),
                Problems.MEDIA_TYPE,
                Problems.json(error, Names.abbreviate(context.normalizedPath())));
    }
}
