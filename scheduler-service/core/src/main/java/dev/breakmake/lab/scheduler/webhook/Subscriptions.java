package dev.breakmake.lab.scheduler.webhook;

import dev.breakmake.lab.scheduler.document.MessageWriter;
import dev.breakmake.lab.scheduler.domain.Caller;
import dev.breakmake.lab.scheduler.domain.Etags;
import dev.breakmake.lab.scheduler.domain.LabException;
import dev.breakmake.lab.scheduler.domain.Names;
import dev.breakmake.lab.scheduler.domain.Paging;
import dev.breakmake.lab.scheduler.domain.Reason;
import dev.breakmake.lab.scheduler.domain.Role;
import dev.breakmake.lab.scheduler.storage.Audit;
import dev.breakmake.lab.scheduler.storage.Database;
import dev.breakmake.lab.scheduler.storage.Idempotency;
import dev.breakmake.lab.scheduler.storage.JobStore;
import dev.breakmake.lab.scheduler.storage.Tx;
import dev.breakmake.lab.v1.CreateSubscriptionRequest;
import dev.breakmake.lab.v1.DeleteSubscriptionRequest;
import dev.breakmake.lab.v1.Delivery;
import dev.breakmake.lab.v1.GetSubscriptionRequest;
import dev.breakmake.lab.v1.ListDeliveriesRequest;
import dev.breakmake.lab.v1.ListDeliveriesResponse;
import dev.breakmake.lab.v1.ListSubscriptionsRequest;
import dev.breakmake.lab.v1.ListSubscriptionsResponse;
import dev.breakmake.lab.v1.Notice;
import dev.breakmake.lab.v1.RedeliverRequest;
import dev.breakmake.lab.v1.Subscription;
import dev.breakmake.lab.v1.SubscriptionEvent;
import dev.breakmake.lab.v1.TestSubscriptionRequest;
import dev.breakmake.lab.v1.UpdateSubscriptionRequest;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Webhooks for people: define them, test them, see what became of their messages. Changing one takes ADMIN: it decides where data of the lab goes. */
public final class Subscriptions {

    private static final int SHORTEST_SECRET = 16;
    private static final int LONGEST_SECRET = 256;
    private static final int LONGEST_URL = 2000;

    private final Database database;
    private final AllowList allowed;

    /** Puts it together. */
    public Subscriptions(Database database, AllowList allowed) {
        this.database = database;
        this.allowed = allowed;
    }

    /** See SubscriptionService.CreateSubscription. */
    public Subscription create(Caller caller, CreateSubscriptionRequest request) {
        caller.require(Role.ADMIN);
        String project = Names.project(request.getParent());
        String id = Names.id("subscriptionId", request.getSubscriptionId());
        String name = "projects/" + project + "/subscriptions/" + id;
        Subscription wanted = request.getSubscription();
        check(wanted, true);
        return database.transact(tx -> Idempotency.once(
                tx, caller, "CreateSubscription", request.getRequestId(), request, Subscription.parser(), () -> {
                    if (!SubscriptionStore.insert(tx, project, id, job(tx, project, wanted), wanted)) {
                        throw new LabException(
                                Reason.ALREADY_EXISTS,
                                "'" + name + "' exists already",
                                List.of(),
                                Map.of("resource", name));
                    }
                    Audit.note(tx, caller, "CreateSubscription", name, wanted.getUrl());
                    return find(tx, project, id);
                }));
    }

    /** See SubscriptionService.GetSubscription. */
    public Subscription get(Caller caller, GetSubscriptionRequest request) {
        caller.require(Role.VIEWER);
        Names.Child name = Names.subscription(request.getName());
        return database.transact(tx -> find(tx, name.project(), name.id()));
    }

    /** See SubscriptionService.ListSubscriptions. */
    public ListSubscriptionsResponse list(Caller caller, ListSubscriptionsRequest request) {
        caller.require(Role.VIEWER);
        String project = Names.project(request.getParent());
        int size = Paging.size(request.getPageSize());
        String scope = "subscriptions of " + project;
        String after = Paging.key(request.getPageToken(), scope, "");
        Paging.Page<SubscriptionStore.Stored> page = Paging.page(
                database.transact(tx -> SubscriptionStore.list(tx, project, after, size + 1)),
                size,
                scope,
                SubscriptionStore.Stored::id);
        return ListSubscriptionsResponse.newBuilder()
                .addAllSubscriptions(page.items().stream()
                        .map(SubscriptionStore.Stored::subscription)
                        .toList())
                .setNextPageToken(page.nextToken())
                .build();
    }

    /** See SubscriptionService.UpdateSubscription. */
    public Subscription update(Caller caller, UpdateSubscriptionRequest request) {
        caller.require(Role.ADMIN);
        Subscription wanted = request.getSubscription();
        Names.Child name = Names.subscription(wanted.getName());
        check(wanted, false);
        return database.transact(tx -> {
            SubscriptionStore.Stored stored = SubscriptionStore.lock(tx, name.project(), name.id())
                    .orElseThrow(() -> LabException.notFound(wanted.getName()));
            Etags.check(wanted.getName(), wanted.getEtag(), stored.version());
            SubscriptionStore.update(tx, name.project(), name.id(), job(tx, name.project(), wanted), wanted);
            Audit.note(tx, caller, "UpdateSubscription", wanted.getName(), wanted.getUrl());
            return find(tx, name.project(), name.id());
        });
    }

    /** See SubscriptionService.DeleteSubscription. */
    public void delete(Caller caller, DeleteSubscriptionRequest request) {
        caller.require(Role.ADMIN);
        Names.Child name = Names.subscription(request.getName());
        database.transact(tx -> {
            find(tx, name.project(), name.id());
            SubscriptionStore.delete(tx, name.project(), name.id());
            Audit.note(tx, caller, "DeleteSubscription", request.getName(), "");
            return true;
        });
    }

    /** See SubscriptionService.TestSubscription. */
    public Delivery test(Caller caller, TestSubscriptionRequest request) {
        caller.require(Role.ADMIN);
        Names.Child name = Names.subscription(request.getName());
        SubscriptionEvent event = SubscriptionEvent.SUBSCRIPTION_EVENT_TEST;
        String body = MessageWriter.json(Notice.newBuilder()
                .setEvent(event)
                .setProject("projects/" + name.project())
                .build());
        return database.transact(tx -> {
            find(tx, name.project(), name.id());
            long pk = DeliveryStore.insert(tx, name.project(), name.id(), event, null, body)
                    .orElseThrow();
            return delivery(tx, name, pk, request.getName());
        });
    }

    /** See SubscriptionService.ListDeliveries. */
    public ListDeliveriesResponse deliveries(Caller caller, ListDeliveriesRequest request) {
        caller.require(Role.VIEWER);
        Names.Child name = Names.subscription(request.getParent());
        int size = Paging.size(request.getPageSize());
        String scope = "deliveries of " + request.getParent() + " " + request.getStateValue();
        long before = Paging.numericKey(request.getPageToken(), scope, Long.MAX_VALUE);
        Paging.Page<Delivery> page = Paging.page(
                database.transact(tx -> {
                    find(tx, name.project(), name.id());
                    return DeliveryStore.list(tx, name.project(), name.id(), request.getState(), before, size + 1);
                }),
                size,
                scope,
                delivery -> Long.toString(Names.delivery(delivery.getName()).number()));
        return ListDeliveriesResponse.newBuilder()
                .addAllDeliveries(page.items())
                .setNextPageToken(page.nextToken())
                .build();
    }

    /** See SubscriptionService.Redeliver. Does nothing to a delivery that is no longer given up. */
    public Delivery redeliver(Caller caller, RedeliverRequest request) {
        caller.require(Role.ADMIN);
        Names.DeliveryName name = Names.delivery(request.getName());
        Names.Child subscription = new Names.Child(name.project(), name.subscription());
        return database.transact(tx -> {
            delivery(tx, subscription, name.number(), request.getName());
            DeliveryStore.revive(tx, name.number());
            return delivery(tx, subscription, name.number(), request.getName());
        });
    }

    private void check(Subscription wanted, boolean isNew) {
        String refusal = wanted.getUrl().length() > LONGEST_URL
                ? "is longer than " + LONGEST_URL + " characters"
                : allowed.refusal(wanted.getUrl());
        if (!refusal.isEmpty()) {
            throw LabException.invalid("subscription.url", refusal);
        }
        boolean useful = wanted.getEventsList().stream()
                .anyMatch(event -> event == SubscriptionEvent.SUBSCRIPTION_EVENT_NEW_FINDINGS
                        || event == SubscriptionEvent.SUBSCRIPTION_EVENT_RUN_ENDED);
        if (!useful) {
            throw LabException.invalid("subscription.events", "names neither NEW_FINDINGS nor RUN_ENDED");
        }
        int length = wanted.getSecret().length();
        if ((isNew || length > 0) && (length < SHORTEST_SECRET || length > LONGEST_SECRET)) {
            throw LabException.invalid(
                    "subscription.secret",
                    "has " + length + " characters; use " + SHORTEST_SECRET + " to " + LONGEST_SECRET);
        }
    }

    private static @Nullable String job(Tx tx, String project, Subscription wanted) throws SQLException {
        if (wanted.getJob().isEmpty()) {
            return null;
        }
        Names.Child job = Names.job(wanted.getJob());
        if (!job.project().equals(project)) {
            throw LabException.invalid("subscription.job", "is in another project than the subscription");
        }
        if (JobStore.find(tx, project, job.id()).isEmpty()) {
            throw LabException.notFound(wanted.getJob());
        }
        return job.id();
    }

    private static Subscription find(Tx tx, String project, String id) throws SQLException {
        return SubscriptionStore.find(tx, project, id)
                .orElseThrow(() -> LabException.notFound("projects/" + project + "/subscriptions/" + id))
                .subscription();
    }

    private static Delivery delivery(Tx tx, Names.Child subscription, long pk, String name) throws SQLException {
        return DeliveryStore.find(tx, subscription.project(), subscription.id(), pk)
                .orElseThrow(() -> LabException.notFound(name));
    }
}
