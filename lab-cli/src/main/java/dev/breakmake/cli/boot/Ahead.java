package dev.breakmake.cli.boot;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * A value that another thread works out while the boot goes on: what only the report needs. Reading it waits for that thread, of which there is one,
 * so that it takes such work in turn and leaves a small machine's other processors to the boot and its compiler.
 *
 * @param <T> the value
 */
public final class Ahead<T> {

    /** Does one thing after the other, in the order it is asked. */
    static final Executor THREAD = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("ahead").factory());

    private final FutureTask<T> task;

    private Ahead(FutureTask<T> task) {
        this.task = task;
    }

    /** Has a value worked out, after those asked for before. */
    public static <T> Ahead<T> of(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        THREAD.execute(task);
        return new Ahead<>(task);
    }

    /**
     * The value.
     *
     * @throws UncheckedIOException if the work failed with an {@link IOException}; what else it threw unchecked is thrown as it is
     */
    public T get() {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true; // the work is short and ends by itself
                }
            }
        } catch (ExecutionException e) {
            throw unchecked(e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static RuntimeException unchecked(@Nullable Throwable cause) {
        return switch (cause) {
            case RuntimeException known -> known;
            case IOException io -> new UncheckedIOException(io);
            case null, default -> new IllegalStateException(cause);
        };
    }
}
