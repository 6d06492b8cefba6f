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

    /** The versions, oldest first. */
    public List<String> versions(Database database) {
        return Arrays.stream(flyway(database, MigrationVersion.LATEST).info().all())
                .map(MigrationInfo::getVersion)
                .filter(java.util.Objects::nonNull)
                .map(MigrationVersion::getVersion)
                .toList();
    }

    /** Brings {@code database} to {@code version} and no further. */
    public void migrate(Database database, String version) {
        flyway(database, MigrationVersion.fromVersion(version)).migrate();
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
