package dev.breakmake.lab.scheduler.domain;

import dev.breakmake.lab.scheduler.storage.Audit;
import dev.breakmake.lab.scheduler.storage.Database;
import dev.breakmake.lab.scheduler.storage.ImageStore;
import dev.breakmake.lab.scheduler.storage.JobStore;
import dev.breakmake.lab.scheduler.storage.Tx;
import dev.breakmake.lab.v1.AppendImageRequest;
import dev.breakmake.lab.v1.Architecture;
import dev.breakmake.lab.v1.BeginImageUploadRequest;
import dev.breakmake.lab.v1.DeleteImageRequest;
import dev.breakmake.lab.v1.GetImageRequest;
import dev.breakmake.lab.v1.Image;
import dev.breakmake.lab.v1.ImageKind;
import dev.breakmake.lab.v1.ImageState;
import dev.breakmake.lab.v1.ListImagesRequest;
import dev.breakmake.lab.v1.ListImagesResponse;
import dev.breakmake.lab.v1.TagImageRequest;
import java.security.MessageDigest;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Images by content: announced with their digest, uploaded in pieces, believed only when the digest is right. */
public final class Images {

    private static final int MAX_PIECE = 1 << 20;
    private static final int READ_PIECE = 256 << 10;

    private final Database database;
    private final LabLimits limits;

    /** Puts it together. */
    public Images(Database database, LabLimits limits) {
        this.database = database;
        this.limits = limits;
    }

    /** See ImageService.BeginImageUpload. */
    public Image begin(Caller caller, BeginImageUploadRequest request) {
        caller.require(Role.SUBMITTER);
        String project = Names.project(request.getParent());
        String sha256 = Names.digest("sha256", request.getSha256());
        if (request.getSizeBytes() <= 0 || request.getSizeBytes() > limits.imageBytes()) {
            throw LabException.invalid("sizeBytes", request.getSizeBytes() + " is outside 1 to " + limits.imageBytes());
        }
        request.getTagsList().forEach(tag -> Names.tag("tags", tag));
        request.getCompanionsList().forEach(companion -> Names.digest("companions", companion));
        ImageKind kind =
                request.getKind() == ImageKind.IMAGE_KIND_UNSPECIFIED ? ImageKind.IMAGE_KIND_XEN : request.getKind();
        return database.transact(tx -> {
            if (JobStore.project(tx, project).isEmpty()) {
                throw LabException.notFound(request.getParent());
            }
            Image announced = Image.newBuilder()
                    .setSha256(sha256)
                    .setSizeBytes(request.getSizeBytes())
                    .setKind(kind)
                    .addAllTags(request.getTagsList())
                    .addAllCompanions(request.getCompanionsList())
                    .build();
            boolean made = ImageStore.insert(tx, project, announced);
            Image image = image(tx, project, sha256);
            if (made) {
                Audit.note(tx, caller, "BeginImageUpload", image.getName(), request.getSizeBytes() + " bytes");
            } else if (image.getSizeBytes() != request.getSizeBytes()) {
                throw new LabException(
                        Reason.DIGEST_MISMATCH,
                        "an image with this digest has " + image.getSizeBytes() + " bytes, not "
                                + request.getSizeBytes());
            } else if (image.getState() == ImageState.IMAGE_STATE_READY) {
                ImageStore.tag(tx, project, sha256, request.getTagsList());
            }
            return image(tx, project, sha256);
        });
    }

    /** See ImageService.AppendImage. */
    public Image append(Caller caller, AppendImageRequest request) {
        caller.require(Role.SUBMITTER);
        Names.Child name = Names.image(request.getName());
        byte[] data = request.getData().toByteArray();
        if (data.length == 0 || data.length > MAX_PIECE) {
            throw LabException.invalid("data", data.length + " bytes are outside 1 to " + MAX_PIECE);
        }
        boolean[] wrong = new boolean[1];
        Image image = database.transact(tx -> {
            wrong[0] = false;
            Image stored = ImageStore.lock(tx, name.project(), Names.digest("name", name.id()))
                    .orElseThrow(() -> LabException.notFound(request.getName()));
            boolean repeated = request.getOffset() >= 0 && request.getOffset() < stored.getReceivedBytes();
            if (stored.getState() == ImageState.IMAGE_STATE_READY || repeated) {
                return stored;
            }
            if (request.getOffset() != stored.getReceivedBytes()) {
                throw gap(stored.getReceivedBytes(), request.getOffset());
            }
            long end = request.getOffset() + data.length;
            if (end > stored.getSizeBytes()) {
                throw LabException.invalid(
                        "data", "ends at " + end + ", beyond the " + stored.getSizeBytes() + " bytes announced");
            }
            ImageStore.append(tx, name.project(), name.id(), request.getOffset(), data);
            if (end == stored.getSizeBytes()) {
                wrong[0] = !finish(tx, caller, name);
            }
            return image(tx, name.project(), name.id());
        });
        if (wrong[0]) {
            throw new LabException(
                    Reason.DIGEST_MISMATCH,
                    "the bytes received do not have the digest announced; they were dropped, begin again",
                    List.of(),
                    Map.of("sha256", name.id()));
        }
        return image;
    }

    /** Checks the digest; returns whether it is right. Wrong bytes are dropped. */
    private static boolean finish(Tx tx, Caller caller, Names.Child name) throws SQLException {
        MessageDigest digest = Digests.sha256();
        byte[] head = {};
        long at = 0;
        Optional<ImageStore.Part> part = ImageStore.part(tx, name.project(), name.id(), at);
        while (part.isPresent() && part.get().offset() == at) {
            byte[] data = part.get().data();
            if (head.length < ImageHeader.LENGTH) {
                int old = head.length;
                int more = Math.min(data.length, ImageHeader.LENGTH - old);
                head = Arrays.copyOf(head, old + more);
                System.arraycopy(data, 0, head, old, more);
            }
            digest.update(data);
            at += data.length;
            part = ImageStore.part(tx, name.project(), name.id(), at);
        }
        if (!HexFormat.of().formatHex(digest.digest()).equals(name.id())) {
            ImageStore.reset(tx, name.project(), name.id());
            return false;
        }
        Architecture architecture = ImageHeader.architecture(head);
        ImageStore.tag(tx, name.project(), name.id(), ImageStore.ready(tx, name.project(), name.id(), architecture));
        Audit.note(
                tx,
                caller,
                "CompleteImageUpload",
                "projects/" + name.project() + "/images/" + name.id(),
                at + " bytes");
        return true;
    }

    /** See ImageService.GetImage. */
    public Image get(Caller caller, GetImageRequest request) {
        caller.require(Role.VIEWER);
        Names.Child name = Names.image(request.getName());
        return database.transact(tx -> image(tx, name.project(), digest(tx, name)));
    }

    /** See ImageService.ListImages. */
    public ListImagesResponse list(Caller caller, ListImagesRequest request) {
        caller.require(Role.VIEWER);
        String project = Names.project(request.getParent());
        int size = Paging.size(request.getPageSize());
        String scope = "images of " + project;
        String after = Paging.key(request.getPageToken(), scope, "");
        Paging.Page<Image> page = Paging.page(
                database.transact(tx -> ImageStore.list(tx, project, after, size + 1)), size, scope, Image::getSha256);
        return ListImagesResponse.newBuilder()
                .addAllImages(page.items())
                .setNextPageToken(page.nextToken())
                .build();
    }

    /** See ImageService.TagImage. */
    public Image tag(Caller caller, TagImageRequest request) {
        caller.require(Role.SUBMITTER);
        Names.Child name = Names.image(request.getName());
        request.getTagsList().forEach(tag -> Names.tag("tags", tag));
        request.getCompanionsList().forEach(companion -> Names.digest("companions", companion));
        return database.transact(tx -> {
            String sha256 = digest(tx, name);
            image(tx, name.project(), sha256);
            ImageStore.tag(tx, name.project(), sha256, request.getTagsList());
            ImageStore.addCompanions(tx, name.project(), sha256, request.getCompanionsList());
            Audit.note(tx, caller, "TagImage", request.getName(), String.join(",", request.getTagsList()));
            return image(tx, name.project(), sha256);
        });
    }

    /** See ImageService.DeleteImage. */
    public void delete(Caller caller, DeleteImageRequest request) {
        caller.require(Role.SUBMITTER);
        Names.Child name = Names.image(request.getName());
        database.transact(tx -> {
            String sha256 = Names.digest("name", name.id());
            if (ImageStore.lock(tx, name.project(), sha256).isEmpty()) {
                throw LabException.notFound(request.getName());
            }
            if (ImageStore.isUsed(tx, name.project(), sha256)) {
                throw new LabException(Reason.IMAGE_IN_USE, "runs refer to '" + request.getName() + "'; it stays");
            }
            ImageStore.delete(tx, name.project(), sha256);
            Audit.note(tx, caller, "DeleteImage", request.getName(), "");
            return true;
        });
    }

    /**
     * A piece of an image.
     *
     * @param offset offset of the first byte
     * @param data the bytes, at most 256 KiB; empty at the end
     * @param image the image it belongs to
     */
    public record Piece(long offset, byte[] data, Image image) {}

    /** The piece that starts at {@code offset}. */
    public Piece read(Caller caller, Role role, String imageName, long offset) {
        caller.require(role);
        Names.Child name = Names.image(imageName);
        return database.transact(tx -> {
            Image image = image(tx, name.project(), digest(tx, name));
            if (image.getState() != ImageState.IMAGE_STATE_READY) {
                throw LabException.notFound(imageName);
            }
            if (offset < 0 || offset > image.getSizeBytes()) {
                throw LabException.invalid(
                        "offset", offset + " is outside the image's " + image.getSizeBytes() + " bytes");
            }
            byte[] data = {};
            Optional<ImageStore.Part> part = ImageStore.part(tx, name.project(), image.getSha256(), offset);
            if (part.isPresent() && offset < image.getSizeBytes()) {
                int from = (int) (offset - part.get().offset());
                data = Arrays.copyOfRange(
                        part.get().data(), from, Math.min(part.get().data().length, from + READ_PIECE));
            }
            return new Piece(offset, data, image);
        });
    }

    private static String digest(Tx tx, Names.Child name) throws SQLException {
        if (Names.isDigest(name.id())) {
            return name.id();
        }
        return ImageStore.digestOf(tx, name.project(), name.id())
                .orElseThrow(() -> LabException.notFound("projects/" + name.project() + "/images/" + name.id()));
    }

    private static Image image(Tx tx, String project, String sha256) throws SQLException {
        return ImageStore.find(tx, project, sha256)
                .orElseThrow(() -> LabException.notFound("projects/" + project + "/images/" + sha256));
    }

    private static LabException gap(long received, long offset) {
        return new LabException(
                Reason.UPLOAD_GAP,
                "the lab has " + received + " bytes; offset " + offset + " would leave a gap",
                List.of(),
                Map.of("receivedBytes", Long.toString(received)));
    }
}
