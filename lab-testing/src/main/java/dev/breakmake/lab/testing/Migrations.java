package dev.breakmake.lab.testing;

import dev.breakmake.lab.testing.PostgresServer.Database;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationVersion;

/** A service's migrations as its history: every version a database in the field may be at. */
public record Migrations(String location) {

    /** A database that an older release used, and what it held before this one came. */
    public record Older(Database database, TableContents before) {

        /** What is there now of what was there before: equal to {@link #before} if the upgrade changed no value. */
        public TableContents now() {
            return TableContents.of(database, before);
        }
    }

    /** A database as the release of {@code version} would have left it, holding as much of {@code contents} as it had places for. */
    public Older older(String version, TableContents contents) {
        Database database = PostgresServer.shared().freshDatabase("older");
        flyway(database, MigrationVersion.fromVersion(version)).migrate();
        contents.putInto(database);
        return new Older(database, TableContents.of(database));
    }

    /** The versions, oldest first. */
    public List<String> versions() {
        Database empty = PostgresServer.shared().freshDatabase("versions");
        return Arrays.stream(flyway(empty, MigrationVersion.LATEST).info().all())
                .map(MigrationInfo::getVersion)
                .filter(java.util.Objects::nonNull)
                .map(MigrationVersion::getVersion)
                .toList();
    }

    /** SHA-256 of each migration's file, by the file's name. */
    public Map<String, String> digests(Database database) {
        Map<String, String> digests = new TreeMap<>();
        for (MigrationInfo migration :
                flyway(database, MigrationVersion.LATEST).info().all()) {
            if (migration.getVersion() != null) {
                String name = migration.getScript();
                digests.put(name.substring(name.lastIndexOf('/') + 1), digest(location + "/" + name));
            }
        }
        return digests;
    }

    private static String digest(String resource) {
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        try (InputStream in = loader.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(resource + " is not on the class path");
            }
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(in.readAllBytes()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private Flyway flyway(Database database, MigrationVersion target) {
        return Flyway.configure()
                .dataSource(database.dataSource())
                .locations(location)
                .target(target)
                .load();
    }
}
