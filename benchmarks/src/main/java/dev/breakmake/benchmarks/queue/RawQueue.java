package dev.breakmake.benchmarks.queue;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The same shape of work without a scheduler: a narrow table, leased in batches of 16 and completed one by one, by plain JDBC. */
final class RawQueue {

    private static final int CONNECTIONS = 4;
    private static final String LEASE = """
            update raw_queue set lease_id = gen_random_uuid(),
                   lease_expire_time = now() + interval '45 seconds'
            where id in (select id from raw_queue where lease_id is null
                         order by id limit 16 for update skip locked)
            returning id""";

    private RawQueue() {}

    /** Queues, leases and completes {@code cells} rows. Returns rows per second. */
    static double work(SchedulerProcess lab, int cells) throws SQLException, InterruptedException, ExecutionException {
        try (Connection connection = lab.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "create table raw_queue (id int primary key, lease_id uuid, lease_expire_time timestamptz)"
                            + " with (fillfactor = 70)");
            statement.execute("insert into raw_queue (id) select generate_series(1, " + cells + ")");
            statement.execute("analyze raw_queue");
        }
        List<Callable<Integer>> loops = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            loops.add(() -> loop(lab));
        }
        long begin = System.nanoTime();
        int done = 0;
        try (ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS)) {
            for (Future<Integer> loop : threads.invokeAll(loops)) {
                done += loop.get();
            }
        }
        return done * 1e9 / (System.nanoTime() - begin);
    }

    private static int loop(SchedulerProcess lab) throws SQLException {
        int done = 0;
        try (Connection connection = lab.connect();
                PreparedStatement lease = connection.prepareStatement(LEASE);
                PreparedStatement complete = connection.prepareStatement("delete from raw_queue where id = ?")) {
            while (true) {
                List<Integer> leased = new ArrayList<>();
                try (var rows = lease.executeQuery()) {
                    while (rows.next()) {
                        leased.add(rows.getInt(1));
                    }
                }
                if (leased.isEmpty()) {
                    return done;
                }
                for (int id : leased) {
                    complete.setInt(1, id);
                    done += complete.executeUpdate();
                }
            }
        }
    }
}
