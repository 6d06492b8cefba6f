package dev.breakmake.lab.scheduler.api.rest;

import com.google.protobuf.ByteString;
import dev.breakmake.lab.scheduler.config.Tokens;
import dev.breakmake.lab.scheduler.document.MessageWriter;
import dev.breakmake.lab.scheduler.document.Scalars;
import dev.breakmake.lab.scheduler.domain.Caller;
import dev.breakmake.lab.scheduler.domain.Images;
import dev.breakmake.lab.scheduler.domain.LabException;
import dev.breakmake.lab.scheduler.domain.Reason;
import dev.breakmake.lab.v1.AppendImageRequest;
import dev.breakmake.lab.v1.BeginImageUploadRequest;
import dev.breakmake.lab.v1.Image;
import dev.breakmake.lab.v1.ImageKind;
import dev.breakmake.lab.v1.ImageState;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * {@code PUT /v1/projects/{p}/images/{sha256}?tags=...&kind=...}: the image's bytes as the body. Resumable: after a loss, GET the image for {@code receivedBytes} and send the
 * rest with {@code Content-Range: bytes FIRST-LAST/SIZE}. The body is taken in pieces of 1 MiB; the sender waits while the lab stores.
 */
@Singleton
final class ImageUpload {

    private static final Logger LOG = Logger.getLogger(ImageUpload.class);
    private static final int PIECE = 1 << 20;
    private static final Pattern RANGE = Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18})");
    private static final Buffer END = Buffer.buffer();

    private final Images images;
    private final Tokens tokens;

    ImageUpload(Images images, Tokens tokens) {
        this.images = images;
        this.tokens = tokens;
    }

    void handle(RoutingContext context) {
        HttpServerRequest request = context.request();
        BlockingQueue<Buffer> arrived = new LinkedBlockingQueue<>();
        Context eventLoop = context.vertx().getOrCreateContext();
        request.pause();
        request.handler(arrived::add);
        request.endHandler(end -> arrived.add(END));
        request.exceptionHandler(lost -> arrived.add(END));
        Thread.startVirtualThread(() -> {
            try {
                Image image = store(context, arrived, eventLoop);
                eventLoop.runOnContext(done -> {
                    var _ = context.response()
                            .putHeader("Content-Type", "application/json")
                            .end(MessageWriter.json(image) + "\n");
                });
            } catch (LabException e) {
                refuse(context, eventLoop, e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                LOG.error("an upload failed for a reason of the lab's own", e);
                refuse(context, eventLoop, new LabException(Reason.INTERNAL, "the lab failed; its log says why"));
            }
        });
    }

    /** The rest of the body is not wanted: answer, and close once that is sent. */
    private static void refuse(RoutingContext context, Context eventLoop, LabException error) {
        eventLoop.runOnContext(done -> {
            RestGateway.closeAfter(context);
            RestGateway.fail(context, error);
        });
    }

    private Image store(RoutingContext context, BlockingQueue<Buffer> arrived, Context eventLoop)
            throws InterruptedException {
        HttpServerRequest request = context.request();
        Caller caller = tokens.caller(request.getHeader("Authorization"));
        Range range = range(request.getHeader("Content-Range"), request.getHeader("Content-Length"));
        String project = "projects/" + context.pathParam("project");
        Image image = images.begin(
                caller,
                BeginImageUploadRequest.newBuilder()
                        .setParent(project)
                        .setSha256(context.pathParam("sha256"))
                        .setSizeBytes(range.size())
                        .setKind(kind(request.getParam("kind")))
                        .addAllTags(request.params().getAll("tags"))
                        .addAllCompanions(request.params().getAll("companions"))
                        .build());
        if (range.first() > image.getReceivedBytes()) {
            throw new LabException(
                    Reason.UPLOAD_GAP,
                    "the lab has " + image.getReceivedBytes() + " bytes; the range begins at " + range.first());
        }
        long offset = range.first();
        Buffer piece = Buffer.buffer();
        while (true) {
            if (arrived.isEmpty()) {
                eventLoop.runOnContext(now -> request.fetch(1));
            }
            Buffer next = arrived.take();
            piece.appendBuffer(next);
            boolean end = next.length() == 0;
            while (piece.length() >= PIECE || end && piece.length() > 0) {
                int length = Math.min(PIECE, piece.length());
                image = append(caller, image, offset, piece.getBytes(0, length));
                offset += length;
                piece = piece.getBuffer(length, piece.length());
            }
            if (end) {
                return image;
            }
        }
    }

    /** Pieces the lab has already are passed over. */
    private Image append(Caller caller, Image image, long offset, byte[] data) {
        long have = image.getState() == ImageState.IMAGE_STATE_READY ? Long.MAX_VALUE : image.getReceivedBytes();
        if (offset + data.length <= have) {
            return image;
        }
        int skip = (int) Math.max(0, have - offset);
        return images.append(
                caller,
                AppendImageRequest.newBuilder()
                        .setName(image.getName())
                        .setOffset(offset + skip)
                        .setData(ByteString.copyFrom(data, skip, data.length - skip))
                        .build());
    }

    private record Range(long first, long size) {}

    private static Range range(@Nullable String contentRange, @Nullable String contentLength) {
        if (contentRange != null) {
            Matcher matcher = RANGE.matcher(contentRange);
            if (!matcher.matches()) {
                throw LabException.invalid("Content-Range", "write it like bytes 1048576-2097151/3145728");
            }
            return new Range(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(3)));
        }
        if (contentLength == null
                || !contentLength.chars().allMatch(Character::isDigit)
                || contentLength.length() > 18) {
            throw LabException.invalid("Content-Length", "is missing: the lab must know the image's size");
        }
        return new Range(0, Long.parseLong(contentLength));
    }

    private static ImageKind kind(@Nullable String kind) {
        if (kind == null) {
            return ImageKind.IMAGE_KIND_XEN;
        }
        try {
            return ImageKind.valueOf(Scalars.enumValue(ImageKind.getDescriptor(), kind));
        } catch (IllegalArgumentException e) {
            throw LabException.invalid("kind", String.valueOf(e.getMessage()));
        }
    }
}
