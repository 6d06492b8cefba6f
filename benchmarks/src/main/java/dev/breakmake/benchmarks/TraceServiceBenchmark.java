package dev.breakmake.benchmarks;

import dev.breakmake.engine.machine.Boot;
import dev.breakmake.engine.machine.BootSpecification;
import dev.breakmake.engine.platform.BootOptions;
import dev.breakmake.engine.platform.CpuModel;
import dev.breakmake.engine.platform.Platform;
import dev.breakmake.lab.testing.PostgresServer;
import dev.breakmake.lab.trace.domain.AttemptName;
import dev.breakmake.lab.trace.domain.Lease;
import dev.breakmake.lab.trace.domain.Origin;
import dev.breakmake.lab.trace.domain.ReceiptSigner;
import dev.breakmake.lab.trace.domain.TraceIngest;
import dev.breakmake.lab.trace.domain.TraceLimits;
import dev.breakmake.lab.trace.domain.TraceMetrics;
import dev.breakmake.lab.trace.domain.TraceQueries;
import dev.breakmake.lab.trace.domain.TraceSeal;
import dev.breakmake.lab.trace.storage.IngestStore;
import dev.breakmake.lab.trace.storage.SealStore;
import dev.breakmake.lab.trace.storage.Transactions;
import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.DescriptorWrite;
import dev.breakmake.translation.trace.TraceWriter;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.security.NamePrincipal;
import io.agroal.api.security.SimplePassword;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.flywaydb.core.Flyway;
import org.postgresql.copy.CopyManager;
import org.postgresql.core.BaseConnection;

/**
 * What the trace service costs on a real PostgreSQL: ingest of real boots that all differ (Xen with 2 PEs, another RAM size and other
 * poisoned registers each), beside a raw COPY of the same bytes; point queries with many stored runs, beside {@code select 1}. Arguments: image file,
 * distinct boots (default 100), stored runs (default 5000), queries (default 2000).
 */
final class TraceServiceBenchmark {

    private static final Lease LEASE = new Lease("benchmark", 1);
    private static final long MIB = 1 << 20;
    private static final int WARM_UP = 400;
    private static final long SEED = 5;

    /** Deliveries at a time; two of them are checked at a time, the others wait for the database or their turn. */
    private static final int RUNNERS = 8;

    private static final TraceLimits LIMITS =
            new TraceLimits((int) MIB, 4L << 30, 16, 2, Duration.ofMinutes(5), TraceLimits.DEFAULT.replayedEvents());

    private final AgroalDataSource source;
    private final TraceIngest ingest;
    private final TraceSeal seal;
    private final TraceQueries queries;

    private TraceServiceBenchmark() throws Exception {
        PostgresServer.Database database = PostgresServer.shared().freshDatabase("benchmark");
        source = AgroalDataSource.from(new AgroalDataSourceConfigurationSupplier()
                .connectionPoolConfiguration(pool -> pool.maxSize(12)
                        .connectionFactoryConfiguration(factory -> factory.jdbcUrl(database.url())
                                .principal(new NamePrincipal(database.user()))
                                .credential(new SimplePassword(database.password())))));
        Flyway.configure().dataSource(source).locations("db/trace").load().migrate();
        Transactions transactions = new Transactions(source);
        TraceMetrics metrics = new TraceMetrics(new SimpleMeterRegistry());
        ingest = new TraceIngest(new IngestStore(transactions), LIMITS, metrics);
        seal = new TraceSeal(
                new SealStore(transactions),
                new ReceiptSigner(Optional.of(new byte[] {1})),
                LIMITS,
                metrics,
                Clock.systemUTC());
        queries = new TraceQueries(transactions);
    }

    private record Recorded(byte[] file, long events, long writes) {}

    public static void main(String[] arguments) throws Exception {
        Path image = Path.of(arguments[0]);
        int distinct = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 100;
        int stored = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 5000;
        int asked = arguments.length > 3 ? Integer.parseInt(arguments[3]) : 2000;
        List<Recorded> boots = boots(Files.readAllBytes(image), WARM_UP + distinct);
        TraceServiceBenchmark benchmark = new TraceServiceBenchmark();
        benchmark.ingest(boots.subList(0, WARM_UP), 0);
        benchmark.measureIngest(boots.subList(WARM_UP, boots.size()));
        benchmark.fill(boots, stored);
        benchmark.measureQueries(asked);
        System.exit(0);
    }

    private static List<Recorded> boots(byte[] image, int count) throws Exception {
        List<Recorded> boots = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            long[] counts = new long[2];
            try (TraceWriter writer = new TraceWriter(out)) {
                Platform platform = Platform.virt(CpuModel.of(Architecture.AARCH64), 2, (128 + 2L * i) * MIB, 2);
                Boot.run(
                        BootSpecification.of("xen", image, platform).withOptions(BootOptions.DEFAULT.withPoison(1 + i)),
                        event -> {
                            writer.accept(event);
                            counts[0]++;
                            counts[1] += event instanceof DescriptorWrite ? 1 : 0;
                        });
                writer.finish();
            }
            boots.add(new Recorded(out.toByteArray(), counts[0], counts[1]));
        }
        return boots;
    }

    private void ingest(List<Recorded> boots, int first) throws Exception {
        List<Callable<Long>> work = new ArrayList<>();
        for (int i = 0; i < boots.size(); i++) {
            byte[] file = boots.get(i).file();
            AttemptName attempt = AttemptName.parse("projects/xen/runs/r%d/cells/c/attempts/1".formatted(first + i));
            work.add(() -> {
                for (int at = 0; at < file.length; at += (int) MIB) {
                    byte[] piece = Arrays.copyOfRange(file, at, (int) Math.min(file.length, at + MIB));
                    ingest.append(attempt, LEASE, Origin.NONE, at, piece);
                }
                seal.seal(attempt, LEASE, file.length, new byte[0], List.of(), List.of());
                return 0L;
            });
        }
        try (ExecutorService runners = Executors.newFixedThreadPool(RUNNERS)) {
            for (Future<Long> done : runners.invokeAll(work)) {
                done.get();
            }
        }
    }

    private void measureIngest(List<Recorded> boots) throws Exception {
        long writes = boots.stream().mapToLong(Recorded::writes).sum();
        long events = boots.stream().mapToLong(Recorded::events).sum();
        long bytes = boots.stream().mapToLong(boot -> boot.file().length).sum();
        long storedBefore = number("select coalesce(sum(stored_bytes), 0) from trace");
        long start = System.nanoTime();
        ingest(boots, WARM_UP);
        double seconds = (System.nanoTime() - start) / 1e9;
        long storedBytes = number("select coalesce(sum(stored_bytes), 0) from trace") - storedBefore;
        double copy = copy(boots);
        System.out.printf(
                Locale.ROOT,
                "ingest of %d boots that all differ, decode + check + store, %d runners: %.2f s%n  %,.0f descriptor"
                        + " writes/s, %,.0f events/s, %.1f ms a boot; raw COPY of the same %,d bytes: %.2f s (%.1fx)%n "
                        + " stored: %,d bytes, %.2f a descriptor write, %.2f an event%n",
                boots.size(),
                RUNNERS,
                seconds,
                writes / seconds,
                events / seconds,
                1000 * seconds / boots.size(),
                bytes,
                copy,
                seconds / copy,
                storedBytes,
                (double) storedBytes / writes,
                (double) storedBytes / events);
    }

    /** Seconds a COPY of the files into a table without an index takes. */
    private double copy(List<Recorded> boots) throws Exception {
        ByteArrayOutputStream rows = new ByteArrayOutputStream();
        for (Recorded boot : boots) {
            StringBuilder hex = new StringBuilder("\\\\x");
            for (byte b : boot.file()) {
                hex.append(Character.forDigit(b >> 4 & 15, 16)).append(Character.forDigit(b & 15, 16));
            }
            rows.writeBytes(hex.append('\n').toString().getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        }
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create table raw_copy (body bytea)");
            CopyManager manager = new CopyManager(connection.unwrap(BaseConnection.class));
            long start = System.nanoTime();
            manager.copyIn("copy raw_copy from stdin", new ByteArrayInputStream(rows.toByteArray()));
            return (System.nanoTime() - start) / 1e9;
        }
    }

    /** Stores runs until there are that many; what they share is stored once, as in a lab that repeats its matrix. */
    private void fill(List<Recorded> boots, int stored) throws Exception {
        for (int have = boots.size(); have < stored; have += boots.size()) {
            ingest(boots.subList(0, Math.min(boots.size(), stored - have)), have);
        }
    }

    private interface Question {
        void ask(Random random) throws Exception;
    }

    private void measureQueries(int asked) throws Exception {
        long traces = number("select count(*) from trace where state = 2");
        long first = number("select min(trace_id) from trace");
        long steps = number("select min(step_count) from trace where state = 2");
        System.out.printf(Locale.ROOT, "point queries, %,d stored runs, %,d steps or more each [ms]%n", traces, steps);
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            row(
                    "select 1, same pool",
                    asked,
                    random -> statement.executeQuery("select 1").close());
        }
        row(
                "walk of an address at a step",
                asked,
                random -> queries.walk(
                        first + random.nextLong(traces),
                        random.nextLong(steps),
                        0,
                        "",
                        0x20_0000 + random.nextInt(0x20_0000)));
        row(
                "who changed an address",
                asked,
                random -> queries.changes(
                        first + random.nextLong(traces), 0x20_0000 + random.nextInt(0x40_0000), "", 0, 100));
    }

    private static void row(String name, int asked, Question question) throws Exception {
        Random random = new Random(SEED);
        double[] times = new double[asked];
        for (int i = -asked / 10; i < asked; i++) {
            long start = System.nanoTime();
            question.ask(random);
            if (i >= 0) {
                times[i] = (System.nanoTime() - start) / 1e6;
            }
        }
        Arrays.sort(times);
        System.out.printf(
                Locale.ROOT,
                "  %-30s p50 %8.2f  p99 %8.2f  max %8.2f%n",
                name,
                times[asked / 2],
                times[(int) (asked * 0.99)],
                times[asked - 1]);
    }

    private long number(String sql) throws Exception {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }
}
