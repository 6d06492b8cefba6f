package dev.breakmake.lab.scheduler.domain;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Executes what arrives while something is being executed together, in one go. Nothing waits for company: a request that comes alone is executed alone and at
 * once, and under load the groups grow by themselves.
 *
 * @param <Q> a request
 * @param <R> its result
 */
final class Together<Q, R> {

    /** What came of a request: a result, or the error its caller gets. */
    record Outcome<R>(@Nullable R result, @Nullable RuntimeException error) {

        static <R> Outcome<R> of(R result) {
            return new Outcome<>(result, null);
        }

        static <R> Outcome<R> failed(RuntimeException error) {
            return new Outcome<>(null, error);
        }
    }

    private record Place<Q, R>(Q request, CompletableFuture<R> end) {

        void settle(Outcome<R> outcome) {
            RuntimeException error = outcome.error();
            if (error == null) {
                end.complete(outcome.result());
            } else {
                end.completeExceptionally(error);
            }
        }
    }

    private final int most;
    private final Function<List<Q>, List<Outcome<R>>> work;
    private final Queue<Place<Q, R>> waiting = new ConcurrentLinkedQueue<>();
    /** Whoever holds the permit executes all that waits, one group after the other. */
    private final Semaphore turn = new Semaphore(1);

    /**
     * Executes by {@code work}.
     *
     * @param most requests in a group
     * @param work gives an outcome for every request, in their order; when it throws, each request of the group is executed alone, so that one that cannot be
     *     executed spoils none of the others
     */
    Together(int most, Function<List<Q>, List<Outcome<R>>> work) {
        this.most = most;
        this.work = work;
    }

    /** Executes {@code request}, with others or alone; throws what it ends with. */
    R execute(Q request) {
        Place<Q, R> place = new Place<>(request, new CompletableFuture<>());
        waiting.add(place);
        if (turn.tryAcquire()) {
            Thread.startVirtualThread(this::executeAll);
        }
        try {
            return place.end().join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException error) {
                throw error;
            }
            throw e;
        }
    }

    private void executeAll() {
        do {
            try {
                for (List<Place<Q, R>> group = next(); !group.isEmpty(); group = next()) {
                    execute(group);
                }
            } finally {
                turn.release();
            }
            // Whoever came between the last look and the release found nobody to execute it.
        } while (!waiting.isEmpty() && turn.tryAcquire());
    }

    private List<Place<Q, R>> next() {
        List<Place<Q, R>> group = new ArrayList<>();
        while (group.size() < most) {
            Place<Q, R> place = waiting.poll();
            if (place == null) {
                break;
            }
            group.add(place);
        }
        return group;
    }

    private void execute(List<Place<Q, R>> group) {
        try {
            List<Outcome<R>> outcomes =
                    work.apply(group.stream().map(Place::request).toList());
            for (int i = 0; i < group.size(); i++) {
                group.get(i).settle(outcomes.get(i));
            }
        } catch (RuntimeException e) {
            if (group.size() == 1) {
                group.getFirst().settle(Outcome.failed(e));
            } else {
                group.forEach(place -> execute(List.of(place)));
            }
        } catch (Error e) {
            group.forEach(place -> place.end().completeExceptionally(e));
            throw e;
        }
    }
}
