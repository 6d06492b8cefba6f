package dev.breakmake.cli.terminal;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One line on standard error that is rewritten while something runs; nothing at all where there is no terminal. */
public final class LiveLine implements AutoCloseable {

    private static final long PERIOD_MILLIS = 120;

    private final CountDownLatch closed = new CountDownLatch(1);
    private final @Nullable Thread painter;

    private LiveLine(@Nullable Supplier<String> text) {
        painter = text == null
                ? null
                : Thread.ofPlatform().daemon().name("live line").start(() -> paint(text));
    }

    /** Starts to show what the supplier says; it is asked from another thread. */
    public static LiveLine showing(Supplier<String> text) {
        return new LiveLine(Terminal.interactive() ? text : null);
    }

    /** No line at all, for whoever shows progress in another way. */
    public static LiveLine silent() {
        return new LiveLine(null);
    }

    private void paint(Supplier<String> text) {
        boolean painted = false;
        try {
            while (!closed.await(PERIOD_MILLIS, TimeUnit.MILLISECONDS)) {
                String line = text.get().replaceAll("\\p{Cntrl}", " ");
                String cut = line.length() < Terminal.width() ? line : line.substring(0, Terminal.width() - 1);
                System.err.print("\r" + cut + "\u001b[K");
                System.err.flush();
                painted = true;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (painted) {
            System.err.print("\r\u001b[K");
            System.err.flush();
        }
    }

    @Override
    public void close() {
        closed.countDown();
        if (painter != null) {
            try {
                painter.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
