package dev.breakmake.lab.local;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Waits for states of other processes, which can only be asked again and again. */
final class Await {

    private static final long POLL_MILLIS = 50;

    private Await() {}

    /** The first value {@code question} gives; a failing question counts as no answer yet. Throws AssertionError after {@code patience}. */
    static <T> T value(String what, Duration patience, Callable<Optional<T>> question) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        Exception last = null;
        while (System.nanoTime() - deadline < 0) {
            try {
                Optional<T> answer = question.call();
                if (answer.isPresent()) {
                    return answer.get();
                }
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception e) {
                last = e;
            }
            Thread.sleep(POLL_MILLIS);
        }
        throw new AssertionError("did not come true within " + patience.toSeconds() + " s: " + what, last);
    }

    /** Waits until {@code question} says true. */
    static void until(String what, Duration patience, Callable<Boolean> question) throws InterruptedException {
        value(what, patience, () -> question.call() ? Optional.of(true) : Optional.empty());
    }
}
