package dev.breakmake.lab.scheduler.api.grpc;

import com.google.protobuf.Empty;
import dev.breakmake.lab.scheduler.webhook.Subscriptions;
import dev.breakmake.lab.v1.CreateSubscriptionRequest;
import dev.breakmake.lab.v1.DeleteSubscriptionRequest;
import dev.breakmake.lab.v1.Delivery;
import dev.breakmake.lab.v1.GetSubscriptionRequest;
import dev.breakmake.lab.v1.ListDeliveriesRequest;
import dev.breakmake.lab.v1.ListDeliveriesResponse;
import dev.breakmake.lab.v1.ListSubscriptionsRequest;
import dev.breakmake.lab.v1.ListSubscriptionsResponse;
import dev.breakmake.lab.v1.RedeliverRequest;
import dev.breakmake.lab.v1.Subscription;
import dev.breakmake.lab.v1.SubscriptionServiceGrpc;
import dev.breakmake.lab.v1.TestSubscriptionRequest;
import dev.breakmake.lab.v1.UpdateSubscriptionRequest;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;
import io.quarkus.grpc.RegisterInterceptor;
import io.smallrye.common.annotation.RunOnVirtualThread;

/** Adapter of breakmake.lab.v1.SubscriptionService. */
@GrpcService
@RunOnVirtualThread
@RegisterInterceptor(AuthInterceptor.class)
public class SubscriptionServiceGrpcApi extends SubscriptionServiceGrpc.SubscriptionServiceImplBase {

    private final Subscriptions subscriptions;

    SubscriptionServiceGrpcApi(Subscriptions subscriptions) {
        this.subscriptions = subscriptions;
    }

    @Override
    public void createSubscription(CreateSubscriptionRequest request, StreamObserver<Subscription> observer) {
        Calls.unary(observer, caller -> subscriptions.create(caller, request));
    }

    @Override
    public void getSubscription(GetSubscriptionRequest request, StreamObserver<Subscription> observer) {
        Calls.unary(observer, caller -> subscriptions.get(caller, request));
    }

    @Override
    public void listSubscriptions(
            ListSubscriptionsRequest request, StreamObserver<ListSubscriptionsResponse> observer) {
        Calls.unary(observer, caller -> subscriptions.list(caller, request));
    }

    @Override
    public void updateSubscription(UpdateSubscriptionRequest request, StreamObserver<Subscription> observer) {
        Calls.unary(observer, caller -> subscriptions.update(caller, request));
    }

    @Override
    public void deleteSubscription(DeleteSubscriptionRequest request, StreamObserver<Empty> observer) {
        Calls.unary(observer, caller -> {
            subscriptions.delete(caller, request);
            return Empty.getDefaultInstance();
        });
    }

    @Override
    public void testSubscription(TestSubscriptionRequest request, StreamObserver<Delivery> observer) {
        Calls.unary(observer, caller -> subscriptions.test(caller, request));
    }

    @Override
    public void listDeliveries(ListDeliveriesRequest request, StreamObserver<ListDeliveriesResponse> observer) {
        Calls.unary(observer, caller -> subscriptions.deliveries(caller, request));
    }

    @Override
    public void redeliver(RedeliverRequest request, StreamObserver<Delivery> observer) {
        Calls.unary(observer, caller -> subscriptions.redeliver(caller, request));
    }
}
