package dev.breakmake.lab.scheduler.domain;

import dev.breakmake.lab.scheduler.storage.CellStore;
import dev.breakmake.lab.scheduler.storage.Database;
import dev.breakmake.lab.scheduler.storage.RunStore;
import dev.breakmake.lab.scheduler.storage.Tx;
import dev.breakmake.lab.v1.RunEvent;
import dev.breakmake.lab.v1.WatchRunRequest;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

/**
 * Streams of a run's changes. Nobody polls cells while nothing happens: every transition reaches the run's version within a tick, one query per interval looks at the versions of all
 * watched runs together, and only watchers of runs that changed read on. Positions are transaction horizons, so a change that commits late is seen late but never missed; a change may
 * be sent twice after a resumption.
 */
public final class RunWatches {

    private static final Pattern TOKEN = Pattern.compile("[0-9]{1,19}");
    private static final int PAGE = 500;
    /** Why a cell waits changes without a new version; a watch of a quiet run looks for that this often. */
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Database database;
    private final RunCache runs;
    private final StreamPlaces places;
    private final Map<Long, Watched> watched = new HashMap<>();
    private volatile boolean closed;

    /** Puts it together. */
    public RunWatches(Database database, RunCache runs, StreamPlaces places) {
        this.database = database;
        this.runs = runs;
        this.places = places;
    }

    /** A run somebody watches. Guarded by its own monitor. */
    private static final class Watched {
        private int watchers;
        private long version;

        private synchronized void update(long newVersion) {
            if (newVersion != version) {
                version = newVersion;
                notifyAll();
            }
        }

        private synchronized void wake() {
            notifyAll();
        }

        private synchronized long await(long seen, long millis, BooleanSupplier over) throws InterruptedException {
            long end = System.nanoTime() + millis * 1_000_000;
            long left = millis;
            while (version == seen && !over.getAsBoolean() && left > 0) {
                wait(left);
                left = (end - System.nanoTime()) / 1_000_000;
            }
            return version;
        }
    }

    /** Looks at the versions of all watched runs; called by the tick. */
    public void poll() {
        Long[] keys;
        synchronized (watched) {
            keys = watched.keySet().toArray(Long[]::new);
        }
        if (keys.length == 0) {
            return;
        }
        Map<Long, Long> versions = new HashMap<>();
        database.transact(tx -> tx.query(
                "select pk, version from run where pk = any (?)",
                row -> versions.put(row.getLong(1), row.getLong(2)),
                (Object) keys));
        synchronized (watched) {
            versions.forEach((pk, version) -> {
                Watched run = watched.get(pk);
                if (run != null) {
                    run.update(version);
                }
            });
        }
    }

    /** Ends every watch: the process is stopping. */
    public void close() {
        closed = true;
        synchronized (watched) {
            watched.values().forEach(Watched::wake);
        }
    }

    /** Opens a watch; close it when its reader is gone. QUOTA_EXCEEDED while too many are open. */
    public Watch open(Caller caller, WatchRunRequest request) {
        caller.require(Role.VIEWER);
        Names.Child name = Names.run(request.getName());
        String token = request.getResumeToken();
        if (!token.isEmpty() && !TOKEN.matcher(token).matches()) {
            throw LabException.invalid("resumeToken", "is no token of this stream; watch again without one");
        }
        RunStore.Stored run = database.transact(tx -> runs.get(tx, name.project(), name.id()));
        StreamPlaces.Place place = places.take();
        synchronized (watched) {
            Watched entry = watched.computeIfAbsent(run.pk(), pk -> new Watched());
            entry.watchers++;
            return new Watch(run, entry, token, place);
        }
    }

    /** One reader's place in a run's changes. Not for use by several threads at once. */
    public final class Watch implements AutoCloseable {

        private final RunStore.Stored run;
        private final Watched entry;
        private final StreamPlaces.Place place;
        /** The cells of the latest reading by their hashes: no earlier one can be read again unchanged. */
        private Map<Integer, Integer> sent = Map.of();

        private String horizon;
        private boolean begun;
        private long lastRead;
        private long seenVersion = -1;
        private int snapshotFrom;
        private boolean snapshotDone;
        private boolean ended;
        private boolean closed;

        private Watch(RunStore.Stored run, Watched entry, String token, StreamPlaces.Place place) {
            this.run = run;
            this.entry = entry;
            this.place = place;
            this.horizon = token;
            this.snapshotDone = !token.isEmpty();
        }

        /** Whether nothing follows: the run is over, or this process stops and the reader should come back. */
        public boolean isEnded() {
            return ended || RunWatches.this.closed;
        }

        /** The next changes: at once while there are any, after at most {@code millis} otherwise (then possibly none). */
        public List<RunEvent> next(long millis) throws InterruptedException {
            if (begun && snapshotDone) {
                long version = entry.await(seenVersion, millis, () -> RunWatches.this.closed);
                if (version == seenVersion && System.nanoTime() - lastRead < QUIET_NANOS) {
                    return List.of();
                }
                seenVersion = version;
            }
            begun = true;
            lastRead = System.nanoTime();
            return database.transact(this::read);
        }

        private List<RunEvent> read(Tx tx) throws SQLException {
            String now = CellStore.horizon(tx);
            if (horizon.isEmpty()) {
                horizon = now;
            }
            RunStore.Stored current = RunStore.get(
                    tx, run.project(), Names.run(run.run().getName()).id());
            List<RunEvent> events = new ArrayList<>();
            if (!snapshotDone) {
                snapshot(tx, current, events);
                return events;
            }
            List<CellStore.Stored> changed = CellStore.changedSince(tx, current, horizon, Integer.MAX_VALUE);
            horizon = now;
            Map<Integer, Integer> read = new HashMap<>();
            for (CellStore.Stored cell : changed) {
                int hash = cell.cell().hashCode();
                read.put(cell.number(), hash);
                Integer before = sent.get(cell.number());
                if (before == null || before != hash) {
                    events.add(event(cell));
                }
            }
            sent = read;
            boolean over = current.run().hasEndTime();
            if (!events.isEmpty() || over || sentRun != current.run().hashCode()) {
                sentRun = current.run().hashCode();
                events.add(RunEvent.newBuilder()
                        .setResumeToken(horizon)
                        .setRun(current.run())
                        .setEnd(over)
                        .build());
            }
            ended = over;
            return events;
        }

        private int sentRun;

        private void snapshot(Tx tx, RunStore.Stored current, List<RunEvent> events) throws SQLException {
            if (snapshotFrom == 0) {
                sentRun = current.run().hashCode();
                events.add(RunEvent.newBuilder().setRun(current.run()).build());
            }
            List<CellStore.Stored> page =
                    CellStore.list(tx, current, new CellStore.Filter(null, null, null), snapshotFrom, PAGE);
            for (CellStore.Stored cell : page) {
                events.add(event(cell));
                snapshotFrom = cell.number();
            }
            snapshotDone = page.size() < PAGE;
        }

        private RunEvent event(CellStore.Stored cell) {
            // While the snapshot is under way a resumption has to start over, hence no token.
            return RunEvent.newBuilder()
                    .setResumeToken(snapshotDone ? horizon : "")
                    .setCell(cell.cell())
                    .build();
        }

        @Override
        public void close() {
            if (closed) {
                return;
            }
            closed = true;
            place.close();
            synchronized (watched) {
                if (--entry.watchers == 0) {
                    watched.remove(run.pk());
                }
            }
        }
    }
}
