package dev.breakmake.lab.scheduler.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.breakmake.lab.scheduler.domain.Together.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

class TogetherTest {

    private final List<List<Integer>> groups = new CopyOnWriteArrayList<>();
    private final CountDownLatch all = new CountDownLatch(1);
    private final List<FutureTask<Integer>> calls = new ArrayList<>();

    /** Doubles; -1 cannot be executed at all, 13 has an error of its own. The first group waits until all have come. */
    private final Together<Integer, Integer> doubling = new Together<>(4, group -> {
        groups.add(group);
        if (groups.size() == 1) {
            await(all);
        }
        if (group.contains(-1)) {
            throw new IllegalStateException("spoilt");
        }
        return group.stream()
                .map(n ->
                        n == 13 ? Outcome.<Integer>failed(new IllegalArgumentException("unlucky")) : Outcome.of(2 * n))
                .toList();
    });

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Makes the call and waits until it waits. */
    private void call(int request) throws InterruptedException {
        FutureTask<Integer> call = new FutureTask<>(() -> doubling.execute(request));
        calls.add(call);
        Thread thread = Thread.ofPlatform().daemon().start(call);
        while (thread.getState() != Thread.State.WAITING && thread.isAlive()) {
            Thread.sleep(1);
        }
    }

    /** The call all others come during. */
    private void callFirst() throws InterruptedException {
        call(1);
        while (groups.isEmpty()) {
            Thread.sleep(1);
        }
    }

    @Test
    void what_comes_while_something_is_executed_is_executed_together() throws Exception {
        callFirst();
        for (int request = 2; request <= 6; request++) {
            call(request);
        }
        all.countDown();
        for (int i = 0; i < calls.size(); i++) {
            assertThat(calls.get(i).get()).isEqualTo(2 * (i + 1));
        }
        assertThat(groups).containsExactly(List.of(1), List.of(2, 3, 4, 5), List.of(6));
    }

    @Test
    void one_that_fails_spoils_none_of_the_others() throws Exception {
        callFirst();
        for (int request : new int[] {2, -1, 13, 4}) {
            call(request);
        }
        all.countDown();
        assertThat(calls.get(1).get()).isEqualTo(4);
        assertThatThrownBy(() -> calls.get(2).get())
                .isInstanceOf(ExecutionException.class)
                .hasRootCauseMessage("spoilt");
        assertThatThrownBy(() -> calls.get(3).get()).hasRootCauseMessage("unlucky");
        assertThat(calls.get(4).get()).isEqualTo(8);
        assertThat(groups).endsWith(List.of(2), List.of(-1), List.of(13), List.of(4));
    }

    @Test
    void a_request_that_comes_alone_is_executed_alone() {
        all.countDown();
        assertThat(doubling.execute(21)).isEqualTo(42);
        assertThat(doubling.execute(4)).isEqualTo(8);
        assertThat(groups).containsExactly(List.of(21), List.of(4));
    }
}
