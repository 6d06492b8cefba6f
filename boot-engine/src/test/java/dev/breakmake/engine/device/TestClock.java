package dev.breakmake.engine.device;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** A clock the test turns by hand; calls due requests in the order of their deadlines. */
final class TestClock implements VirtualClock {

    private record Request(long deadline, Runnable action) {}

    private final IdentityHashMap<Object, Request> requests = new IdentityHashMap<>();
    private long now;

    @Override
    public long frequency() {
        return 62_500_000;
    }

    @Override
    public long now() {
        return now;
    }

    @Override
    public void at(Object owner, long deadline, Runnable action) {
        if (deadline == Long.MAX_VALUE) {
            requests.remove(owner);
        } else {
            requests.put(owner, new Request(deadline, action));
        }
    }

    void advance(long ticks) {
        now += ticks;
        List<Map.Entry<Object, Request>> due = new ArrayList<>(requests.entrySet());
        due.removeIf(entry -> entry.getValue().deadline() > now);
        due.sort(Comparator.comparingLong(entry -> entry.getValue().deadline()));
        for (Map.Entry<Object, Request> entry : due) {
            requests.remove(entry.getKey());
            entry.getValue().action().run();
        }
    }

    int waiting() {
        return requests.size();
    }
}
