package dev.breakmake.cli.terminal;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** What Ctrl-C does to work that can stop early: it is told to, and whoever waits for it gets a moment to report what was done. */
public final class OnInterrupt implements AutoCloseable {

    private static final long STOP_MILLIS = 5_000;
    private static final long REPORT_MILLIS = 700;

    private final Thread reporting = Thread.currentThread();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread hook;

    private OnInterrupt(Runnable stop) {
        hook = new Thread(() -> interrupted(stop), "on-interrupt");
    }

    /** Watches the work of the calling thread until it is closed. */
    public static OnInterrupt stopping(Runnable stop) {
        OnInterrupt watch = new OnInterrupt(stop);
        Runtime.getRuntime().addShutdownHook(watch.hook);
        return watch;
    }

    private void interrupted(Runnable stop) {
        stop.run();
        try {
            if (ended.await(STOP_MILLIS, TimeUnit.MILLISECONDS)) {
                reporting.join(REPORT_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The work has ended. */
    @Override
    public void close() {
        ended.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending already: the hook is what ends it.
        }
    }
}
