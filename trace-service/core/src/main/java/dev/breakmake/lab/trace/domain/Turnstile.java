package dev.breakmake.lab.trace.domain;

import dev.breakmake.lab.trace.domain.TraceException.Reason;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Lets a bounded number of calls work at the same time; the others wait a little and are then asked to come back. */
final class Turnstile {

    private final String what;
    private final Semaphore places;
    private final Duration patience;

    Turnstile(String what, int places, Duration patience) {
        this.what = what;
        this.places = new Semaphore(places, true);
        this.patience = patience;
    }

    <T> T pass(Supplier<T> work) {
        boolean entered;
        try {
            entered = places.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            entered = false;
        }
        if (!entered) {
            throw new TraceException(Reason.OVERLOADED, "too many " + what + " at the same time: send it again later");
        }
        try {
            return work.get();
        } finally {
            places.release();
        }
    }
}
