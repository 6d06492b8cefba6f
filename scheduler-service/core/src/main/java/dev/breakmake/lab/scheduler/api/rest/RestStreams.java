package dev.breakmake.lab.scheduler.api.rest;

import dev.breakmake.lab.scheduler.config.Tokens;
import dev.breakmake.lab.scheduler.document.MessageWriter;
import dev.breakmake.lab.scheduler.domain.Caller;
import dev.breakmake.lab.scheduler.domain.Images;
import dev.breakmake.lab.scheduler.domain.LabException;
import dev.breakmake.lab.scheduler.domain.LogTails;
import dev.breakmake.lab.scheduler.domain.Reason;
import dev.breakmake.lab.scheduler.domain.Role;
import dev.breakmake.lab.scheduler.domain.RunWatches;
import dev.breakmake.lab.v1.LogChunk;
import dev.breakmake.lab.v1.RunEvent;
import dev.breakmake.lab.v1.WatchRunRequest;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Server-sent events and downloads. Every piece waits until the one before it is written: a slow reader costs one piece of memory. */
@Singleton
final class RestStreams {

    private static final Logger LOG = Logger.getLogger(RestStreams.class);
    private static final Pattern WATCH = Pattern.compile("/v1/(projects/[^/:]+/runs/[^/:]+):watch");
    private static final Pattern TAIL =
            Pattern.compile("/v1/(projects/[^/:]+/runs/[^/:]+/cells/[^/:]+/attempts/[^/:]+)/log:tail");
    private static final Pattern DOWNLOAD = Pattern.compile("/v1/(projects/[^/:]+/images/[^/:]+):download");
    private static final long WAIT_MILLIS = 1_000;
    private static final long KEEP_ALIVE_NANOS = TimeUnit.SECONDS.toNanos(15);
    private static final long WRITE_SECONDS = 120;

    private final LogTails tails;
    private final RunWatches watches;
    private final Images images;
    private final Tokens tokens;

    RestStreams(LogTails tails, RunWatches watches, Images images, Tokens tokens) {
        this.tails = tails;
        this.watches = watches;
        this.images = images;
        this.tokens = tokens;
    }

    /** Serves the request if it asks for a stream. */
    boolean handle(RoutingContext context) {
        String path = context.normalizedPath();
        Matcher watch = WATCH.matcher(path);
        Matcher tail = TAIL.matcher(path);
        Matcher download = DOWNLOAD.matcher(path);
        String lastEvent = context.request().getHeader("Last-Event-ID");
        if (watch.matches()) {
            String token = first(lastEvent, context.request().getParam("resumeToken"));
            start(context, (caller, out) -> watch(caller, out, watch.group(1), token));
        } else if (tail.matches()) {
            String offset = first(lastEvent, context.request().getParam("offset"));
            start(context, (caller, out) -> tail(caller, out, tail.group(1), number(offset)));
        } else if (download.matches()) {
            start(context, (caller, out) -> download(caller, out, download.group(1)));
        } else {
            return false;
        }
        return true;
    }

    private static String first(@Nullable String one, @Nullable String other) {
        return one != null ? one : other != null ? other : "";
    }

    private static long number(String text) {
        try {
            return text.isEmpty() ? 0 : Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw LabException.invalid("offset", "is no number");
        }
    }

    private interface Body {
        void run(Caller caller, Out out) throws InterruptedException, Gone;
    }

    /** The reader went away. */
    private static final class Gone extends Exception {
        private static final long serialVersionUID = 1;
    }

    private void start(RoutingContext context, Body body) {
        String authorization = context.request().getHeader("Authorization");
        Context eventLoop = context.vertx().getOrCreateContext();
        Out out = new Out(context, eventLoop);
        context.response().exceptionHandler(error -> out.gone = true);
        context.response().closeHandler(closed -> out.gone = true);
        Thread.startVirtualThread(() -> {
            try {
                body.run(tokens.caller(authorization), out);
                eventLoop.runOnContext(done -> {
                    if (!out.gone && !context.response().ended()) {
                        var _ = context.response().end();
                    }
                });
            } catch (Gone e) {
                LOG.debug("a reader went away", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (LabException e) {
                eventLoop.runOnContext(done -> out.fail(e));
            } catch (RuntimeException e) {
                LOG.error("a stream failed for a reason of the lab's own", e);
                eventLoop.runOnContext(
                        done -> out.fail(new LabException(Reason.INTERNAL, "the lab failed; its log says why")));
            }
        });
    }

    /** Where a stream's pieces go. */
    private static final class Out {
        private final RoutingContext context;
        private final Context eventLoop;
        private volatile boolean gone;
        private volatile boolean begun;

        private Out(RoutingContext context, Context eventLoop) {
            this.context = context;
            this.eventLoop = eventLoop;
        }

        private void write(String type, @Nullable Long length, Buffer piece) throws Gone, InterruptedException {
            CompletableFuture<Void> written = new CompletableFuture<>();
            eventLoop.runOnContext(now -> {
                if (gone || context.response().ended()) {
                    written.cancel(false);
                    return;
                }
                if (!begun) {
                    begun = true;
                    context.response().putHeader("Content-Type", type).putHeader("Cache-Control", "no-store");
                    if (length == null) {
                        context.response().setChunked(true);
                    } else {
                        context.response().putHeader("Content-Length", length.toString());
                    }
                }
                context.response().write(piece).onSuccess(written::complete).onFailure(written::completeExceptionally);
            });
            try {
                written.get(WRITE_SECONDS, TimeUnit.SECONDS);
            } catch (ExecutionException | TimeoutException | java.util.concurrent.CancellationException e) {
                gone = true;
                throw new Gone();
            }
        }

        private void event(String id, String name, String json) throws Gone, InterruptedException {
            String text = (id.isEmpty() ? "" : "id: " + id + "\n") + "event: " + name + "\ndata: " + json + "\n\n";
            write("text/event-stream", null, Buffer.buffer(text));
        }

        private void keepAlive() throws Gone, InterruptedException {
            write("text/event-stream", null, Buffer.buffer(": still here\n\n"));
        }

        private void fail(LabException error) {
            if (!begun) {
                RestGateway.fail(context, error);
            } else if (!gone && !context.response().ended()) {
                var _ = context.response()
                        .end("event: error\ndata: " + Problems.json(error, context.normalizedPath()) + "\n\n");
            }
        }
    }

    private void watch(Caller caller, Out out, String run, String token) throws InterruptedException, Gone {
        WatchRunRequest request =
                WatchRunRequest.newBuilder().setName(run).setResumeToken(token).build();
        long lastWrite = System.nanoTime();
        try (RunWatches.Watch watch = watches.open(caller, request)) {
            while (!watch.isEnded() && !out.gone) {
                for (RunEvent event : watch.next(WAIT_MILLIS)) {
                    out.event(event.getResumeToken(), event.hasRun() ? "run" : "cell", MessageWriter.json(event));
                    lastWrite = System.nanoTime();
                }
                if (System.nanoTime() - lastWrite > KEEP_ALIVE_NANOS) {
                    out.keepAlive();
                    lastWrite = System.nanoTime();
                }
            }
        }
    }

    private void tail(Caller caller, Out out, String attempt, long from) throws InterruptedException, Gone {
        long lastWrite = System.nanoTime();
        try (LogTails.Tail tail = tails.open(caller, attempt, from)) {
            while (!tail.isEnded() && !out.gone) {
                Optional<LogChunk> chunk = tail.next();
                if (chunk.isPresent()) {
                    String event = tail.isEnded() ? "end" : "log";
                    out.event(Long.toString(tail.offset()), event, MessageWriter.json(chunk.get()));
                    lastWrite = System.nanoTime();
                } else if (System.nanoTime() - lastWrite > KEEP_ALIVE_NANOS) {
                    out.keepAlive();
                    lastWrite = System.nanoTime();
                }
            }
        }
    }

    private void download(Caller caller, Out out, String image) throws InterruptedException, Gone {
        long offset = 0;
        Images.Piece piece = images.read(caller, Role.VIEWER, image, offset);
        long size = piece.image().getSizeBytes();
        while (piece.data().length > 0) {
            out.write("application/octet-stream", size, Buffer.buffer(piece.data()));
            offset += piece.data().length;
            piece = images.read(caller, Role.VIEWER, image, offset);
        }
    }
}
