package dev.breakmake.lab.scheduler.domain;

import dev.breakmake.lab.v1.LogChunk;
import dev.breakmake.lab.v1.ReadLogRequest;
import java.util.Optional;

/** Logs read while they grow. */
public final class LogTails {

    private static final long FIRST_PAUSE_MILLIS = 500;
    /** A log that says nothing is looked at less and less often, so that many silent tails cost the database little. */
    private static final long LONGEST_PAUSE_MILLIS = 4_000;

    private final RunViews views;
    private final StreamPlaces places;

    /** Puts it together. */
    public LogTails(RunViews views, StreamPlaces places) {
        this.views = views;
        this.places = places;
    }

    /** Follows the log of {@code attempt} from byte {@code offset}; close it when its reader is gone. */
    public Tail open(Caller caller, String attempt, long offset) {
        caller.require(Role.VIEWER);
        return new Tail(caller, attempt, offset, places.take());
    }

    /** One reader's place in a log. Not for use by several threads at once. */
    public final class Tail implements AutoCloseable {

        private final Caller caller;
        private final String attempt;
        private final StreamPlaces.Place place;
        private long offset;
        private long pause = FIRST_PAUSE_MILLIS;
        private boolean ended;

        private Tail(Caller caller, String attempt, long offset, StreamPlaces.Place place) {
            this.caller = caller;
            this.attempt = attempt;
            this.offset = offset;
            this.place = place;
        }

        /** Whether nothing follows. */
        public boolean isEnded() {
            return ended;
        }

        /** Byte offset after the last piece. */
        public long offset() {
            return offset;
        }

        /** The next piece: at once if there is one, nothing after a pause otherwise. */
        public Optional<LogChunk> next() throws InterruptedException {
            LogChunk chunk = views.readLog(
                    caller,
                    ReadLogRequest.newBuilder()
                            .setName(attempt)
                            .setOffset(offset)
                            .build());
            offset = chunk.getOffset() + chunk.getData().size();
            ended = chunk.getEnd();
            if (ended || !chunk.getData().isEmpty()) {
                pause = FIRST_PAUSE_MILLIS;
                return Optional.of(chunk);
            }
            Thread.sleep(pause);
            pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
            return Optional.empty();
        }

        @Override
        public void close() {
            place.close();
        }
    }
}
