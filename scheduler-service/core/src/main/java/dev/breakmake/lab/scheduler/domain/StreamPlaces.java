package dev.breakmake.lab.scheduler.domain;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Places for readers of streams. A reader that only waits costs a connection, a thread's stack and its place in a run: little, but not nothing, so there are so many and no more, and whoever
 * finds none is told to come back instead of taking the memory others work with.
 */
public final class StreamPlaces {

    private final int places;
    private final AtomicInteger taken = new AtomicInteger();

    /** So many readers at a time. */
    public StreamPlaces(int places) {
        this.places = places;
    }

    /** A reader's place until it is closed; QUOTA_EXCEEDED if there is none. */
    public Place take() {
        int before = taken.getAndUpdate(now -> now < places ? now + 1 : now);
        if (before >= places) {
            throw new LabException(
                    Reason.QUOTA_EXCEEDED,
                    "this scheduler serves " + places
                            + " streams at a time (breakmake.scheduler.streams), and that many are open; read again later, or ask for the state instead of watching it",
                    List.of(),
                    Map.of("limit", Integer.toString(places)));
        }
        return new Place();
    }

    /** How many are taken. */
    public int taken() {
        return taken.get();
    }

    /** One reader's place. */
    public final class Place implements AutoCloseable {

        private final AtomicBoolean left = new AtomicBoolean();

        private Place() {}

        @Override
        public void close() {
            if (left.compareAndSet(false, true)) {
                taken.decrementAndGet();
            }
        }
    }
}
