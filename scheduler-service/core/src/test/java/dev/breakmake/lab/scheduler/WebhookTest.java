package dev.breakmake.lab.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.breakmake.lab.scheduler.config.SchedulerParts;
import dev.breakmake.lab.scheduler.domain.Caller;
import dev.breakmake.lab.scheduler.domain.LabException;
import dev.breakmake.lab.scheduler.domain.LabLimits;
import dev.breakmake.lab.scheduler.domain.Role;
import dev.breakmake.lab.scheduler.webhook.AllowList;
import dev.breakmake.lab.scheduler.webhook.WebhookSender;
import dev.breakmake.lab.scheduler.webhook.WebhookSignature;
import dev.breakmake.lab.v1.Assignment;
import dev.breakmake.lab.v1.CreateSubscriptionRequest;
import dev.breakmake.lab.v1.Delivery;
import dev.breakmake.lab.v1.DeliveryState;
import dev.breakmake.lab.v1.FindingSummary;
import dev.breakmake.lab.v1.ListDeliveriesRequest;
import dev.breakmake.lab.v1.ListSubscriptionsRequest;
import dev.breakmake.lab.v1.RedeliverRequest;
import dev.breakmake.lab.v1.Run;
import dev.breakmake.lab.v1.Severity;
import dev.breakmake.lab.v1.Subscription;
import dev.breakmake.lab.v1.SubscriptionEvent;
import dev.breakmake.lab.v1.TestSubscriptionRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Webhooks against a receiver that really listens. */
class WebhookTest {

    private static final String SECRET = "a secret of sixteen or more";
    private static final String SPEC = """
            {boot: {flow: arm64/enable-mmu}, matrix: {axes: [{name: pes, values: [1, 2]}]}}""";

    private record Received(String event, String delivery, String signature, String body) {}

    private final TestLab lab = new TestLab();
    private final List<Received> received = new ArrayList<>();
    private final Deque<Integer> answers = new ArrayDeque<>();
    private HttpServer receiver;
    private SchedulerParts parts;
    private WebhookSender sender;

    @BeforeEach
    void listen() throws IOException {
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            received.add(new Received(
                    exchange.getRequestHeaders().getFirst("Breakmake-Event"),
                    exchange.getRequestHeaders().getFirst("Breakmake-Delivery"),
                    exchange.getRequestHeaders().getFirst(WebhookSignature.HEADER),
                    body));
            exchange.getResponseHeaders().set("Location", "/elsewhere");
            exchange.sendResponseHeaders(answers.isEmpty() ? 204 : answers.poll(), -1);
            exchange.close();
        });
        receiver.start();
        parts = new SchedulerParts(
                lab.database.dataSource(),
                lab.clock(),
                LabLimits.DEFAULTS,
                Optional.of(TestLab.RECEIPT_KEY),
                new io.micrometer.core.instrument.simple.SimpleMeterRegistry(),
                new SchedulerParts.Webhooks(new AllowList(List.of(origin())), Duration.ofSeconds(10)));
        sender = parts.webhookSender();
        lab.register("one");
    }

    @AfterEach
    void stopListening() {
        receiver.stop(0);
    }

    private String origin() {
        return "http://127.0.0.1:" + receiver.getAddress().getPort();
    }

    private void subscribe(SubscriptionEvent... events) {
        var _ = parts.subscriptions().create(TestLab.ADMIN, request(origin() + "/hook", events));
    }

    private static CreateSubscriptionRequest request(String url, SubscriptionEvent... events) {
        return CreateSubscriptionRequest.newBuilder()
                .setParent("projects/default")
                .setSubscriptionId("ci")
                .setSubscription(
                        Subscription.newBuilder().setUrl(url).setSecret(SECRET).addAllEvents(List.of(events)))
                .build();
    }

    private static FindingSummary finding(String fingerprint) {
        return FindingSummary.newBuilder()
                .setFingerprint(fingerprint)
                .setRule("BBM-OA")
                .setSeverity(Severity.SEVERITY_ERROR)
                .setSymbol("map_pages")
                .setCount(2)
                .build();
    }

    private Run executed(String baseline, FindingSummary... findings) {
        Run run = lab.run(TestLab.spec(SPEC), baseline);
        for (Assignment assignment : lab.claim("one", 2)) {
            var _ = lab.complete(assignment, TestLab.reached(assignment, findings));
        }
        parts.upkeep().settleRuns();
        return run;
    }

    private List<Delivery> deliveries(DeliveryState state) {
        return parts.subscriptions()
                .deliveries(
                        TestLab.ADMIN,
                        ListDeliveriesRequest.newBuilder()
                                .setParent("projects/default/subscriptions/ci")
                                .setState(state)
                                .build())
                .getDeliveriesList();
    }

    @Test
    void a_night_with_a_finding_its_baseline_lacks_is_told_once_and_signed() throws InterruptedException {
        subscribe(SubscriptionEvent.SUBSCRIPTION_EVENT_NEW_FINDINGS);
        Run first = executed("", finding("known"));
        Run second = executed(first.getName(), finding("known"));
        assertThat(sender.sendDue())
                .as("no baseline, or nothing new: no message")
                .isZero();
        Run third = executed(second.getName(), finding("known"), finding("fresh"));
        assertThat(sender.sendDue()).isEqualTo(1);
        assertThat(sender.sendDue()).isZero();

        assertThat(received).hasSize(1);
        Received message = received.getFirst();
        assertThat(message.event()).isEqualTo("NEW_FINDINGS");
        assertThat(message.body())
                .contains("\"run\":\"" + third.getName() + "\"", "\"fingerprint\":\"fresh\"", "\"cellCount\":2")
                .contains("\"newFindingCount\":1", "\"verdict\":\"FAILED\"")
                .doesNotContain("known");
        long seconds = Long.parseLong(message.signature().replaceAll("t=(\\d+),.*", "$1"));
        assertThat(message.signature()).isEqualTo(WebhookSignature.of(SECRET, seconds, message.body()));
        assertThat(deliveries(DeliveryState.DELIVERY_STATE_DELIVERED))
                .singleElement()
                .satisfies(delivery -> assertThat(delivery.getLastStatus()).isEqualTo(204));
    }

    @Test
    void the_signature_is_that_of_an_independent_tool() {
        // printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac 'a secret of sixteen or more'
        assertThat(WebhookSignature.of(SECRET, 1_700_000_000L, "{\"a\":1}"))
                .isEqualTo("t=1700000000,v1=00b2ef187e71b97566739177ec4cfdebf3b811fdc7176ef4af8ca32e7ecbc476");
    }

    @Test
    void expected_findings_are_no_news() throws InterruptedException {
        subscribe(SubscriptionEvent.SUBSCRIPTION_EVENT_NEW_FINDINGS);
        Run first = executed("");
        Run second = lab.run(TestLab.spec("""
                {boot: {flow: arm64/enable-mmu}, expectations: [{rule: BBM-OA, reason: known}]}"""), first.getName());
        Assignment assignment = lab.claim("one", 1).getFirst();
        var _ = lab.complete(assignment, TestLab.reached(assignment, finding("fresh")));
        parts.upkeep().settleRuns();
        assertThat(second.getBaselineRun()).isEqualTo(first.getName());
        assertThat(sender.sendDue()).isZero();
    }

    @Test
    void a_receiver_that_fails_is_tried_again_after_growing_pauses_and_given_up_at_last() throws InterruptedException {
        subscribe(SubscriptionEvent.SUBSCRIPTION_EVENT_RUN_ENDED);
        executed("");
        answers.addAll(List.of(500, 302, 429));
        assertThat(sender.sendDue()).isEqualTo(1);
        assertThat(sender.sendDue()).as("its pause has not passed").isZero();
        lab.pass(Duration.ofSeconds(11));
        assertThat(sender.sendDue()).isEqualTo(1);
        lab.pass(Duration.ofSeconds(11));
        assertThat(sender.sendDue()).as("the second pause is longer").isZero();
        lab.pass(Duration.ofSeconds(11));
        assertThat(sender.sendDue()).isEqualTo(1);
        assertThat(received).as("a redirect is an answer, not an invitation").hasSize(3);
        assertThat(received.stream().map(Received::delivery).distinct()).hasSize(1);

        receiver.stop(0);
        for (int attempt = 4; attempt <= WebhookSender.MOST_ATTEMPTS; attempt++) {
            lab.pass(Duration.ofHours(5));
            assertThat(sender.sendDue()).isEqualTo(1);
        }
        lab.pass(Duration.ofHours(5));
        assertThat(sender.sendDue()).isZero();
        Delivery dead = deliveries(DeliveryState.DELIVERY_STATE_DEAD).getFirst();
        assertThat(dead.getLastDetail()).contains("no answer", "given up after " + WebhookSender.MOST_ATTEMPTS);
    }

    @Test
    void a_message_given_up_is_delivered_when_asked_for_again() throws InterruptedException {
        subscribe(SubscriptionEvent.SUBSCRIPTION_EVENT_RUN_ENDED);
        executed("");
        answers.add(410);
        assertThat(sender.sendDue()).isEqualTo(1);
        Delivery dead = deliveries(DeliveryState.DELIVERY_STATE_DEAD).getFirst();
        var _ = parts.subscriptions()
                .redeliver(
                        TestLab.ADMIN,
                        RedeliverRequest.newBuilder().setName(dead.getName()).build());
        assertThat(sender.sendDue()).isEqualTo(1);
        assertThat(deliveries(DeliveryState.DELIVERY_STATE_DELIVERED)).hasSize(1);
    }

    @Test
    void a_sender_that_dies_while_sending_leaves_the_message_to_the_next_one() throws InterruptedException {
        subscribe(SubscriptionEvent.SUBSCRIPTION_EVENT_RUN_ENDED);
        executed("");
        answers.add(500);
        assertThat(sender.sendDue()).isEqualTo(1);
        lab.pass(Duration.ofMinutes(30));
        assertThat(parts.webhookSender().sendDue()).isEqualTo(1);
        assertThat(deliveries(DeliveryState.DELIVERY_STATE_DELIVERED)).hasSize(1);
    }

    @Test
    void a_test_message_says_whether_the_receiver_is_reached() throws InterruptedException {
        subscribe(SubscriptionEvent.SUBSCRIPTION_EVENT_RUN_ENDED);
        Delivery delivery = parts.subscriptions()
                .test(
                        TestLab.ADMIN,
                        TestSubscriptionRequest.newBuilder()
                                .setName("projects/default/subscriptions/ci")
                                .build());
        assertThat(delivery.getState()).isEqualTo(DeliveryState.DELIVERY_STATE_PENDING);
        assertThat(sender.sendDue()).isEqualTo(1);
        assertThat(received.getFirst().event()).isEqualTo("TEST");
    }

    @Test
    void only_allowed_origins_are_called_and_only_by_administrators() {
        assertThatThrownBy(() -> parts.subscriptions()
                        .create(
                                TestLab.ADMIN,
                                request(
                                        "http://169.254.169.254/latest",
                                        SubscriptionEvent.SUBSCRIPTION_EVENT_RUN_ENDED)))
                .isInstanceOfSatisfying(
                        LabException.class,
                        e -> assertThat(e.errors().toString()).contains("subscription.url", "not allowed"));
        assertThatThrownBy(() -> lab.parts
                        .subscriptions()
                        .create(TestLab.ADMIN, request(origin(), SubscriptionEvent.SUBSCRIPTION_EVENT_RUN_ENDED)))
                .isInstanceOfSatisfying(
                        LabException.class,
                        e -> assertThat(e.errors().toString()).contains("breakmake.scheduler.webhook.origins"));
        Caller submitter = new Caller("someone", Set.of(Role.SUBMITTER));
        assertThatThrownBy(() -> parts.subscriptions()
                        .create(submitter, request(origin(), SubscriptionEvent.SUBSCRIPTION_EVENT_RUN_ENDED)))
                .isInstanceOf(LabException.class);
        assertThatThrownBy(() -> new AllowList(List.of("https://ci.example.org/hooks")))
                .hasMessageContaining("is no origin");
        assertThat(new AllowList(List.of("https://ci.example.org")).refusal("https://CI.example.org:443/x"))
                .isEmpty();
        assertThat(new AllowList(List.of("https://ci.example.org")).refusal("https://ci.example.org@evil.example/"))
                .isNotEmpty();
    }

    @Test
    void secrets_go_in_and_never_come_out() {
        subscribe(SubscriptionEvent.SUBSCRIPTION_EVENT_RUN_ENDED);
        assertThat(parts.subscriptions()
                        .list(
                                TestLab.ADMIN,
                                ListSubscriptionsRequest.newBuilder()
                                        .setParent("projects/default")
                                        .build())
                        .toString())
                .contains("/hook")
                .doesNotContain(SECRET);
    }
}
