package dev.breakmake.lab.runner.domain;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Growing pauses between tries, with jitter so that runners do not come back in step. Not for use by several threads. */
final class Backoff {

    private static final long FIRST_MILLIS = 200;

    private final long mostMillis;
    private long next = FIRST_MILLIS;

    Backoff(Duration most) {
        this.mostMillis = most.toMillis();
    }

    /** Sleeps; the next pause is longer. */
    void pause() throws InterruptedException {
        Thread.sleep(ThreadLocalRandom.current().nextLong(next / 2, next + 1));
        next = Math.min(mostMillis, next * 2);
    }

    /** Something worked: starts small again. */
    void reset() {
        next = FIRST_MILLIS;
    }
}
