package dev.breakmake.lab.trace;

import dev.breakmake.lab.testing.PostgresServer;
import dev.breakmake.lab.trace.domain.AttemptName;
import dev.breakmake.lab.trace.domain.Lease;
import dev.breakmake.lab.trace.domain.Origin;
import dev.breakmake.lab.trace.domain.ReceiptSigner;
import dev.breakmake.lab.trace.domain.TraceCatalogue;
import dev.breakmake.lab.trace.domain.TraceIngest;
import dev.breakmake.lab.trace.domain.TraceLimits;
import dev.breakmake.lab.trace.domain.TraceMetrics;
import dev.breakmake.lab.trace.domain.TraceQueries;
import dev.breakmake.lab.trace.domain.TraceSeal;
import dev.breakmake.lab.trace.storage.IngestStore;
import dev.breakmake.lab.trace.storage.RetentionStore;
import dev.breakmake.lab.trace.storage.SealStore;
import dev.breakmake.lab.trace.storage.Transactions;
import dev.breakmake.lab.v1.SignedTraceReceipt;
import dev.breakmake.trace.v1.CodeSymbol;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.security.NamePrincipal;
import io.agroal.api.security.SimplePassword;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/** The service's domain on an empty, migrated database of its own. */
final class TraceLab {

    static final byte[] KEY = "a key for tests".getBytes(StandardCharsets.UTF_8);
    static final Lease LEASE = new Lease("lease-1", 1);

    final PostgresServer.Database database;
    final DataSource source;
    final Transactions transactions;
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final TraceIngest ingest;
    final TraceSeal seal;
    final TraceQueries queries;
    final TraceCatalogue catalogue;
    final RetentionStore retention;

    TraceLab() {
        this(TraceLimits.DEFAULT);
    }

    TraceLab(TraceLimits limits) {
        this(limits, PostgresServer.shared().freshDatabase("trace"));
    }

    /** On a database that may be of an older release, or hold traces already. */
    TraceLab(TraceLimits limits, PostgresServer.Database database) {
        this.database = database;
        source = pool(database);
        Flyway.configure().dataSource(source).locations("db/trace").load().migrate();
        transactions = new Transactions(source);
        TraceMetrics metrics = new TraceMetrics(meters);
        ingest = new TraceIngest(new IngestStore(transactions), limits, metrics);
        seal = new TraceSeal(
                new SealStore(transactions), new ReceiptSigner(Optional.of(KEY)), limits, metrics, Clock.systemUTC());
        queries = new TraceQueries(transactions);
        catalogue = new TraceCatalogue(transactions);
        retention = new RetentionStore(transactions);
    }

    /** The usual limits, with summaries for traces of more than so many events. */
    static TraceLimits summarisingFrom(long events) {
        TraceLimits limits = TraceLimits.DEFAULT;
        return new TraceLimits(
                limits.appendBytes(),
                limits.traceBytes(),
                limits.concurrentAppends(),
                limits.concurrentAnalyses(),
                limits.patience(),
                events);
    }

    private static DataSource pool(PostgresServer.Database database) {
        try {
            return AgroalDataSource.from(new AgroalDataSourceConfigurationSupplier()
                    .connectionPoolConfiguration(pool -> pool.maxSize(12)
                            .connectionFactoryConfiguration(factory -> factory.jdbcUrl(database.url())
                                    .principal(new NamePrincipal(database.user()))
                                    .credential(new SimplePassword(database.password())))));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    static AttemptName attempt(String cell) {
        return AttemptName.parse("projects/xen/runs/r1/cells/" + cell + "/attempts/1");
    }

    long append(AttemptName attempt, long offset, byte[] data) {
        return ingest.append(attempt, LEASE, Origin.NONE, offset, data);
    }

    /** Delivers a whole file in pieces and seals it. */
    SignedTraceReceipt deliver(AttemptName attempt, byte[] file, Origin origin, List<CodeSymbol> symbols) {
        for (int at = 0; at < file.length; at += 1 << 20) {
            ingest.append(
                    attempt, LEASE, origin, at, Arrays.copyOfRange(file, at, Math.min(file.length, at + (1 << 20))));
        }
        return seal.seal(attempt, LEASE, file.length, new byte[0], symbols, List.of());
    }

    long deliver(AttemptName attempt, byte[] file) {
        deliver(attempt, file, Origin.NONE, List.of());
        return id(attempt);
    }

    long id(AttemptName attempt) {
        return TraceCatalogue.traceId(catalogue.trace(attempt.value()).getName());
    }

    byte[] export(AttemptName attempt) {
        java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
        for (byte[] piece = queries.export(id(attempt), 0, 4096);
                piece.length > 0;
                piece = queries.export(id(attempt), out.size(), 4096)) {
            out.writeBytes(piece);
        }
        return out.toByteArray();
    }

    long number(String sql) {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    void execute(String sql) {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }
}
