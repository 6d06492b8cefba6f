package dev.breakmake.lab.scheduler.api.rest;

import com.google.protobuf.Empty;
import dev.breakmake.lab.scheduler.webhook.Subscriptions;
import dev.breakmake.lab.v1.CreateSubscriptionRequest;
import dev.breakmake.lab.v1.DeleteSubscriptionRequest;
import dev.breakmake.lab.v1.GetSubscriptionRequest;
import dev.breakmake.lab.v1.ListDeliveriesRequest;
import dev.breakmake.lab.v1.ListSubscriptionsRequest;
import dev.breakmake.lab.v1.RedeliverRequest;
import dev.breakmake.lab.v1.TestSubscriptionRequest;
import dev.breakmake.lab.v1.UpdateSubscriptionRequest;
import java.util.List;

/** Webhooks, one line per method. */
final class SubscriptionRoutes {

    private SubscriptionRoutes() {}

    static List<Route> of(Subscriptions subscriptions) {
        return List.of(
                Route.of(
                        "POST",
                        "/v1/{parent=projects/*}/subscriptions",
                        "subscription",
                        CreateSubscriptionRequest.getDefaultInstance(),
                        CreateSubscriptionRequest.class,
                        subscriptions::create),
                Route.of(
                        "GET",
                        "/v1/{parent=projects/*}/subscriptions",
                        "",
                        ListSubscriptionsRequest.getDefaultInstance(),
                        ListSubscriptionsRequest.class,
                        subscriptions::list),
                Route.of(
                        "GET",
                        "/v1/{name=projects/*/subscriptions/*}",
                        "",
                        GetSubscriptionRequest.getDefaultInstance(),
                        GetSubscriptionRequest.class,
                        subscriptions::get),
                Route.of(
                        "PUT",
                        "/v1/{subscription.name=projects/*/subscriptions/*}",
                        "subscription",
                        UpdateSubscriptionRequest.getDefaultInstance(),
                        UpdateSubscriptionRequest.class,
                        subscriptions::update),
                Route.of(
                        "DELETE",
                        "/v1/{name=projects/*/subscriptions/*}",
                        "",
                        DeleteSubscriptionRequest.getDefaultInstance(),
                        DeleteSubscriptionRequest.class,
                        (caller, request) -> {
                            subscriptions.delete(caller, request);
                            return Empty.getDefaultInstance();
                        }),
                Route.of(
                        "POST",
                        "/v1/{name=projects/*/subscriptions/*}:test",
                        "*",
                        TestSubscriptionRequest.getDefaultInstance(),
                        TestSubscriptionRequest.class,
                        subscriptions::test),
                Route.of(
                        "GET",
                        "/v1/{parent=projects/*/subscriptions/*}/deliveries",
                        "",
                        ListDeliveriesRequest.getDefaultInstance(),
                        ListDeliveriesRequest.class,
                        subscriptions::deliveries),
                Route.of(
                        "POST",
                        "/v1/{name=projects/*/subscriptions/*/deliveries/*}:redeliver",
                        "*",
                        RedeliverRequest.getDefaultInstance(),
                        RedeliverRequest.class,
                        subscriptions::redeliver));
    }
}
