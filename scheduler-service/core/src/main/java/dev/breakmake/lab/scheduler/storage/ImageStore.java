package dev.breakmake.lab.scheduler.storage;

import dev.breakmake.lab.scheduler.document.Scalars;
import dev.breakmake.lab.v1.Architecture;
import dev.breakmake.lab.v1.Image;
import dev.breakmake.lab.v1.ImageKind;
import dev.breakmake.lab.v1.ImageState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Tables image, image_tag, image_part. */
public final class ImageStore {

    private static final String COLUMNS = """
            select i.project_id, i.sha256, i.size_bytes, i.kind, i.state, i.received_bytes, i.companions, i.create_time, i.architecture,
                   array(select t.tag from image_tag t where t.project_id = i.project_id and t.sha256 = i.sha256 order by t.tag) as tags
            from image i\s""";

    private ImageStore() {}

    /** The image with that digest. */
    public static Optional<Image> find(Tx tx, String project, String sha256) throws SQLException {
        return tx.first(COLUMNS + "where i.project_id = ? and i.sha256 = ?", ImageStore::read, project, sha256);
    }

    /** The same, locked until the transaction ends. */
    public static Optional<Image> lock(Tx tx, String project, String sha256) throws SQLException {
        return tx.first(
                COLUMNS + "where i.project_id = ? and i.sha256 = ? for update", ImageStore::read, project, sha256);
    }

    /** Digest of the image a tag points at. */
    public static Optional<String> digestOf(Tx tx, String project, String tag) throws SQLException {
        return tx.first(
                "select sha256 from image_tag where project_id = ? and tag = ?", row -> row.getString(1), project, tag);
    }

    /** A READY image a reference stands for. */
    public record Resolved(String sha256, Architecture architecture) {}

    /** READY images by the references (tags or digests) given; unknown ones are left out. */
    public static Map<String, Resolved> resolve(Tx tx, String project, Collection<String> references)
            throws SQLException {
        Map<String, Resolved> found = new TreeMap<>();
        String[] names = references.toArray(String[]::new);
        tx.query(
                """
                select t.tag, i.sha256, i.architecture from image_tag t join image i using (project_id, sha256)
                where t.project_id = ? and t.tag = any (?) and i.state = 2
                union all
                select sha256, sha256, architecture from image where project_id = ? and sha256 = any (?) and state = 2""",
                row -> found.put(
                        row.getString(1), new Resolved(row.getString(2), Architecture.forNumber(row.getInt(3)))),
                project,
                names,
                project,
                names);
        return found;
    }

    /** Makes an empty UPLOADING image unless it is there; returns whether it made one. */
    public static boolean insert(Tx tx, String project, Image image) throws SQLException {
        return tx.update(
                        """
                        insert into image (project_id, sha256, size_bytes, kind, state, companions, pending_tags, create_time)
                        values (?, ?, ?, ?, 1, ?, ?, @now) on conflict do nothing""",
                        project,
                        image.getSha256(),
                        image.getSizeBytes(),
                        image.getKindValue(),
                        image.getCompanionsList().toArray(String[]::new),
                        image.getTagsList().toArray(String[]::new))
                == 1;
    }

    /** Adds bytes at the end. */
    public static void append(Tx tx, String project, String sha256, long offset, byte[] data) throws SQLException {
        tx.update(
                "insert into image_part (project_id, sha256, start_offset, data) values (?, ?, ?, ?)",
                project,
                sha256,
                offset,
                data);
        tx.update(
                "update image set received_bytes = ? where project_id = ? and sha256 = ?",
                offset + data.length,
                project,
                sha256);
    }

    /** Throws the bytes received away. */
    public static void reset(Tx tx, String project, String sha256) throws SQLException {
        tx.update("delete from image_part where project_id = ? and sha256 = ?", project, sha256);
        tx.update("update image set received_bytes = 0 where project_id = ? and sha256 = ?", project, sha256);
    }

    /** Makes it READY and returns the tags it was announced with. */
    public static List<String> ready(Tx tx, String project, String sha256, Architecture architecture)
            throws SQLException {
        return tx.one(
                "image",
                "update image set state = 2, architecture = ? where project_id = ? and sha256 = ? returning pending_tags",
                row -> Tx.texts(row, "pending_tags"),
                architecture.getNumber(),
                project,
                sha256);
    }

    /** Points tags at an image. */
    public static void tag(Tx tx, String project, String sha256, List<String> tags) throws SQLException {
        for (String tag : tags.stream().sorted().toList()) {
            tx.update("""
                    insert into image_tag (project_id, tag, sha256) values (?, ?, ?)
                    on conflict (project_id, tag) do update set sha256 = excluded.sha256""", project, tag, sha256);
        }
    }

    /** Adds companions. */
    public static void addCompanions(Tx tx, String project, String sha256, List<String> companions)
            throws SQLException {
        tx.update("""
                update image set companions = array(select distinct unnest(companions || ?) order by 1)
                where project_id = ? and sha256 = ?""", companions.toArray(String[]::new), project, sha256);
    }

    /** A page of images after a digest. */
    public static List<Image> list(Tx tx, String project, String after, int limit) throws SQLException {
        return tx.query(
                COLUMNS + "where i.project_id = ? and i.sha256 > ? order by i.sha256 limit ?",
                ImageStore::read,
                project,
                after,
                limit);
    }

    /** A stored piece of an image. */
    public record Part(long offset, byte[] data) {}

    /** The part that holds the byte at {@code offset}. */
    public static Optional<Part> part(Tx tx, String project, String sha256, long offset) throws SQLException {
        return tx.first("""
                select start_offset, data from image_part
                where project_id = ? and sha256 = ? and start_offset <= ? order by start_offset desc limit 1""", row -> new Part(row.getLong(1), row.getBytes(2)), project, sha256, offset);
    }

    /** Whether some run refers to the image. */
    public static boolean isUsed(Tx tx, String project, String sha256) throws SQLException {
        return tx.first(
                        "select 1 from run r, jsonb_each_text(r.images) e where r.project_id = ? and e.value = ? limit 1",
                        row -> true,
                        project,
                        sha256)
                .isPresent();
    }

    /** Deletes an image with its bytes and tags. */
    public static void delete(Tx tx, String project, String sha256) throws SQLException {
        tx.update("delete from image where project_id = ? and sha256 = ?", project, sha256);
    }

    private static Image read(ResultSet row) throws SQLException {
        String sha256 = row.getString("sha256");
        Image.Builder image = Image.newBuilder()
                .setName("projects/" + row.getString("project_id") + "/images/" + sha256)
                .setSha256(sha256)
                .setSizeBytes(row.getLong("size_bytes"))
                .setKind(ImageKind.forNumber(row.getInt("kind")))
                .setState(ImageState.forNumber(row.getInt("state")))
                .setReceivedBytes(row.getLong("received_bytes"))
                .addAllCompanions(Tx.texts(row, "companions"))
                .setArchitecture(Architecture.forNumber(row.getInt("architecture")))
                .addAllTags(Tx.texts(row, "tags"));
        return image.setCreateTime(Scalars.timestamp(Tx.instant(row, 8))).build();
    }
}
