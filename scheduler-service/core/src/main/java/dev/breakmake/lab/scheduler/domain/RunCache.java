package dev.breakmake.lab.scheduler.domain;

import dev.breakmake.lab.scheduler.storage.CellStore;
import dev.breakmake.lab.scheduler.storage.QueueStore;
import dev.breakmake.lab.scheduler.storage.RunStore;
import dev.breakmake.lab.scheduler.storage.Tx;
import dev.breakmake.lab.v1.BootSpec;
import dev.breakmake.lab.v1.Module;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/** What never changes of a run (name, specification, pinned images), so that a lease or a completion need not read it again. Counts and state in it are stale. */
public final class RunCache {

    private static final int CAPACITY = 512;

    private final ReentrantLock lock = new ReentrantLock();
    private final LinkedHashMap<Long, RunStore.Stored> byKey = new LinkedHashMap<>(64, 0.75f, true);
    private final Map<String, Long> keys = new HashMap<>();

    /** The run with that key, possibly stale in all that changes. */
    public RunStore.Stored get(Tx tx, long pk) throws SQLException {
        Optional<RunStore.Stored> known = lookUp(pk);
        if (known.isPresent()) {
            return known.get();
        }
        RunStore.Stored run = RunStore.find(tx, pk).orElseThrow(() -> LabException.notFound("run " + pk));
        remember(run);
        return run;
    }

    /** The run with that name, possibly stale in all that changes. */
    public RunStore.Stored get(Tx tx, String project, String id) throws SQLException {
        Optional<RunStore.Stored> known = lookUp(Names.runName(project, id));
        if (known.isPresent()) {
            return known.get();
        }
        RunStore.Stored run = RunStore.get(tx, project, id);
        remember(run);
        return run;
    }

    /** The cells of queue rows, by row. */
    public Map<QueueStore.Entry, CellStore.Stored> cells(Tx tx, List<QueueStore.Entry> entries) throws SQLException {
        Map<QueueStore.Entry, CellStore.Stored> cells = new HashMap<>();
        Map<Long, List<QueueStore.Entry>> byRun =
                entries.stream().collect(Collectors.groupingBy(QueueStore.Entry::run));
        for (Map.Entry<Long, List<QueueStore.Entry>> ofRun : byRun.entrySet()) {
            RunStore.Stored run = get(tx, ofRun.getKey());
            Map<Integer, CellStore.Stored> found = CellStore.find(
                    tx,
                    run,
                    ofRun.getValue().stream().map(QueueStore.Entry::cell).toList());
            for (QueueStore.Entry entry : ofRun.getValue()) {
                CellStore.Stored cell = found.get(entry.cell());
                if (cell == null) {
                    throw LabException.notFound(CellStore.name(run, entry.cell()));
                }
                cells.put(entry, cell);
            }
        }
        return cells;
    }

    private Optional<RunStore.Stored> lookUp(long pk) {
        lock.lock();
        try {
            return Optional.ofNullable(byKey.get(pk));
        } finally {
            lock.unlock();
        }
    }

    private Optional<RunStore.Stored> lookUp(String name) {
        lock.lock();
        try {
            return Optional.ofNullable(keys.get(name)).map(byKey::get);
        } finally {
            lock.unlock();
        }
    }

    private void remember(RunStore.Stored run) {
        lock.lock();
        try {
            byKey.put(run.pk(), run);
            keys.put(run.run().getName(), run.pk());
            if (byKey.size() > CAPACITY) {
                Map.Entry<Long, RunStore.Stored> eldest = byKey.firstEntry();
                byKey.remove(eldest.getKey());
                keys.remove(eldest.getValue().run().getName());
            }
        } finally {
            lock.unlock();
        }
    }

    /** {@code boot} with the digests the run pinned. */
    public static BootSpec pinned(RunStore.Stored run, BootSpec boot) {
        BootSpec.Builder pinned = boot.toBuilder().setImageDigest(run.images().getOrDefault(boot.getImage(), ""));
        for (Module.Builder module : pinned.getModulesBuilderList()) {
            module.setImageDigest(run.images().getOrDefault(module.getImage(), ""));
        }
        return pinned.build();
    }
}
