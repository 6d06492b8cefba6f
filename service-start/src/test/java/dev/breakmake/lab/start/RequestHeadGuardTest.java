package dev.breakmake.lab.start;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestHeadGuardTest {

    private static final int LIMIT = 200;
    private static final String SHORT = "GET / HTTP/1.1\r\nHost: lab\r\n\r\n";
    private static final String LONG = "GET / HTTP/1.1\r\nUpgrade: h2c\r\nAuthorization: Bearer " + "x".repeat(LIMIT);

    private final EmbeddedChannel channel = new EmbeddedChannel(new RequestHeadGuard(LIMIT));

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }

    private void send(String text, int piece) {
        for (int at = 0; at < text.length(); at += piece) {
            channel.writeInbound(bytes(text.substring(at, Math.min(text.length(), at + piece))));
        }
    }

    private String passed() {
        StringBuilder text = new StringBuilder();
        for (ByteBuf next = channel.readInbound(); next != null; next = channel.readInbound()) {
            text.append(next.toString(StandardCharsets.US_ASCII));
            next.release();
        }
        return text.toString();
    }

    private String answer() {
        ByteBuf answer = channel.readOutbound();
        return answer == null ? "" : answer.toString(StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 1_000})
    void a_head_within_the_limit_passes_however_it_is_cut_and_what_follows_is_not_measured(int piece) {
        String all = SHORT + "body ".repeat(LIMIT);
        send(all, piece);
        assertThat(passed()).isEqualTo(all);
        assertThat(channel.pipeline().get(RequestHeadGuard.class)).isNull();
        assertThat(answer()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 1_000})
    void a_longer_head_is_answered_and_its_sender_not_listened_to(int piece) {
        send(LONG, piece);
        assertThat(answer())
                .startsWith("HTTP/1.1 431 ")
                .contains("Connection: close\r\n")
                .contains("200 bytes");
        passed();
        send("\r\n\r\n" + SHORT, piece);
        assertThat(passed()).isEmpty();
        assertThat(answer()).isEmpty();
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void the_length_that_is_announced_is_that_of_the_body() {
        send(LONG, LONG.length());
        String[] parts = answer().split("\r\n\r\n", 2);
        assertThat(parts[0]).contains("Content-Length: " + parts[1].length());
    }

    @Test
    void who_never_stops_sending_is_cut_off() {
        send(LONG, LONG.length());
        for (int i = 0; i < 17; i++) {
            channel.writeInbound(bytes("x".repeat(1 << 16)));
        }
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void http2_is_none_of_its_business() {
        String preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + "frames ".repeat(LIMIT);
        send(preface, 5);
        assertThat(passed()).isEqualTo(preface);
        assertThat(channel.pipeline().get(RequestHeadGuard.class)).isNull();
    }
}
