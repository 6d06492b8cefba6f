package dev.breakmake.lab.runner.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.breakmake.lab.runner.client.Channels;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunnerStartTest {

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:7400", "scheduler:7400", "lab.example.org:443", "[::1]:7400"})
    void addresses_are_host_and_port(String address) {
        assertThatCode(() -> RunnerStart.checkAddress("breakmake.runner.scheduler", address))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "scheduler", "http://scheduler:7400", "scheduler:http", "scheduler:7400/v1"})
    void anything_else_is_refused_with_its_key_and_an_example(String address) {
        assertThatThrownBy(() -> RunnerStart.checkAddress("breakmake.runner.scheduler", address))
                .hasMessageContaining("breakmake.runner.scheduler is '" + address + "'")
                .hasMessageContaining("127.0.0.1:7400");
    }

    @Test
    void an_outage_counts_when_it_has_lasted_in_one_piece() {
        long[] now = {Long.MAX_VALUE - 5};
        Outage outage = new Outage(Duration.ofNanos(10), () -> now[0]);
        assertThat(outage.lasts(true)).isFalse();
        now[0] += 10;
        assertThat(outage.lasts(true)).isFalse();
        now[0] += 1;
        assertThat(outage.lasts(true)).isTrue();
        assertThat(outage.lasts(false)).isFalse();
        assertThat(outage.lasts(true)).isFalse();
    }

    @Test
    void a_trace_service_that_is_away_shows() throws IOException, InterruptedException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        ManagedChannel channel = Channels.open("127.0.0.1:" + port, Optional.empty(), false);
        try {
            ConnectivityState state = channel.getState(true);
            while (state != ConnectivityState.TRANSIENT_FAILURE) {
                CountDownLatch changed = new CountDownLatch(1);
                channel.notifyWhenStateChanged(state, changed::countDown);
                changed.await();
                state = channel.getState(true);
            }
            assertThat(RunnerStart.isAway(channel)).isTrue();
        } finally {
            channel.shutdownNow();
        }
    }
}
