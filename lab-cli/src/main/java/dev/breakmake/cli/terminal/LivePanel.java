package dev.breakmake.cli.terminal;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A few lines on standard error that are rewritten while something runs; nothing at all where there is no terminal. */
public final class LivePanel implements AutoCloseable {

    private static final long PERIOD_MILLIS = 100;
    private static final String ERASE_LINE = "\u001b[K";
    private static final String ERASE_BELOW = "\u001b[J";

    private final CountDownLatch closed = new CountDownLatch(1);
    private final @Nullable Supplier<List<String>> text;
    private final @Nullable Thread painter;
    private int painted;

    private LivePanel(@Nullable Supplier<List<String>> text) {
        this.text = text;
        painter = text == null
                ? null
                : Thread.ofPlatform().daemon().name("live panel").start(this::paint);
    }

    /** Starts to show what the supplier says; it is asked from another thread. Lines are cut at the width of the terminal. */
    public static LivePanel showing(Supplier<List<String>> text) {
        return new LivePanel(Terminal.interactive() ? text : null);
    }

    /** No panel at all, for whoever shows progress in another way. */
    public static LivePanel silent() {
        return new LivePanel(null);
    }

    /** Whether there is a terminal to show anything on. */
    public boolean isShown() {
        return painter != null;
    }

    /** Does something that prints above the panel. */
    public synchronized void above(Runnable printing) {
        erase();
        printing.run();
    }

    private void paint() {
        try {
            while (!closed.await(PERIOD_MILLIS, TimeUnit.MILLISECONDS)) {
                repaint();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void repaint() {
        Supplier<List<String>> lines = text;
        if (lines == null || closed.getCount() == 0) {
            return;
        }
        StringBuilder picture = new StringBuilder(painted == 0 ? "" : "\u001b[" + painted + "A\r");
        painted = 0;
        for (String line : lines.get()) {
            picture.append(cut(line)).append(ERASE_LINE).append('\n');
            painted++;
        }
        System.err.print(picture.append(ERASE_BELOW));
        System.err.flush();
    }

    private void erase() {
        if (painted > 0) {
            System.err.print("\u001b[" + painted + "A\r" + ERASE_BELOW);
            System.err.flush();
            painted = 0;
        }
    }

    /** Guests print control characters; those of {@link Style} pass and take no room. */
    private static String cut(String line) {
        StringBuilder kept = new StringBuilder();
        int width = 0;
        boolean styled = false;
        for (int i = 0; i < line.length() && width < Terminal.width() - 1; i++) {
            char c = line.charAt(i);
            if (c == '\u001b') {
                int end = line.indexOf('m', i);
                if (end > 0 && line.substring(i + 1, end).matches("\\[[0-9;]{1,6}")) {
                    kept.append(line, i, end + 1);
                    styled = true;
                    i = end;
                    continue;
                }
            }
            kept.append(Character.isISOControl(c) ? ' ' : c);
            width++;
        }
        return styled ? kept + "\u001b[0m" : kept.toString();
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
            synchronized (this) {
                erase();
            }
        }
    }
}
