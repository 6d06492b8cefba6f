package dev.breakmake.lab.scheduler.webhook;

import dev.breakmake.lab.scheduler.document.Scalars;
import dev.breakmake.lab.scheduler.domain.LabMetrics;
import dev.breakmake.lab.scheduler.domain.Names;
import dev.breakmake.lab.scheduler.storage.Database;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;

/**
 * Sends what is due. Redirects are not followed: the allow-list is about the address that is really called. Answers are not read beyond their status. Several
 * schedulers may send at once; none gets what another has.
 */
public final class WebhookSender {

    /** Tries before a message is given up; with the pauses between them that is about a day. */
    public static final int MOST_ATTEMPTS = 12;

    private static final int BATCH = 16;
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(10);
    private static final Duration LONGEST_PAUSE = Duration.ofHours(4);
    private static final int GONE = 410;

    private final Database database;
    private final AllowList allowed;
    private final Duration timeout;
    private final LabMetrics metrics;
    private final HttpClient client;

    /** Sends what {@code database} holds to allowed origins; {@code timeout} bounds a connection and an answer. */
    public WebhookSender(Database database, AllowList allowed, Duration timeout, LabMetrics metrics) {
        this.database = database;
        this.allowed = allowed;
        this.timeout = timeout;
        this.metrics = metrics;
        this.client = HttpClient.newBuilder()
                .connectTimeout(timeout)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    /** Sends one batch, message by message; returns how many were tried. */
    public int sendDue() throws InterruptedException {
        // Twice the worst case of the whole batch, so that nothing is sent twice only because receivers are slow.
        Duration hold = timeout.multipliedBy(4L * BATCH);
        List<DeliveryStore.Due> due = database.transact(tx -> DeliveryStore.claim(tx, BATCH, hold));
        for (DeliveryStore.Due message : due) {
            settle(message, send(message));
        }
        return due.size();
    }

    /** Forgets old deliveries. */
    public void forget() {
        database.transact(DeliveryStore::forget);
    }

    private record Answer(int status, String detail) {
        boolean isSuccess() {
            return status / 100 == 2;
        }
    }

    private Answer send(DeliveryStore.Due message) throws InterruptedException {
        String refusal = allowed.refusal(message.url());
        if (!refusal.isEmpty()) {
            return new Answer(0, "not sent: the URL " + refusal);
        }
        HttpRequest request = HttpRequest.newBuilder(URI.create(message.url()))
                .timeout(timeout)
                .header("Content-Type", "application/json")
                .header("User-Agent", "breakmake-lab")
                .header("Breakmake-Event", Scalars.name(message.event().getValueDescriptor()))
                .header("Breakmake-Delivery", Long.toString(message.pk()))
                .header(
                        WebhookSignature.HEADER,
                        WebhookSignature.of(message.secret(), message.now().getEpochSecond(), message.body()))
                .POST(HttpRequest.BodyPublishers.ofString(message.body()))
                .build();
        try {
            int status =
                    client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
            return new Answer(status, "the receiver answered " + status);
        } catch (IOException e) {
            String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            return new Answer(0, "no answer: " + Names.abbreviate(why));
        }
    }

    private void settle(DeliveryStore.Due message, Answer answer) {
        boolean giveUp = message.attempt() >= MOST_ATTEMPTS || answer.status() == GONE;
        database.transact(tx -> {
            if (answer.isSuccess()) {
                DeliveryStore.delivered(tx, message, answer.status(), answer.detail());
            } else if (giveUp) {
                DeliveryStore.dead(
                        tx,
                        message,
                        answer.status(),
                        answer.detail() + "; given up after " + message.attempt() + " tries");
            } else {
                DeliveryStore.again(tx, message, answer.status(), answer.detail(), pause(message.attempt()));
            }
            return true;
        });
        metrics.delivery(answer.isSuccess() ? "delivered" : giveUp ? "dead" : "retried");
    }

    /** 10 s, doubled with every try, at most 4 h. */
    static Duration pause(int attempt) {
        Duration doubled = FIRST_PAUSE.multipliedBy(1L << Math.min(attempt - 1, 20));
        return doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
    }
}
