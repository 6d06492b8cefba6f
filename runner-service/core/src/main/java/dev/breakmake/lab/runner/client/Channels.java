package dev.breakmake.lab.runner.client;

import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.util.Map;
import java.util.Optional;

/** Makes channels and the headers that go with calls. */
public final class Channels {

    private static final int MESSAGE_BYTES = 8 << 20;
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private Channels() {}

    /** A channel to {@code host:port} that presents a token with every call. */
    public static ManagedChannel open(String target, Optional<String> token, boolean tls) {
        NettyChannelBuilder builder = NettyChannelBuilder.forTarget(target).maxInboundMessageSize(MESSAGE_BYTES);
        if (tls) {
            builder.useTransportSecurity();
        } else {
            builder.usePlaintext();
        }
        token.ifPresent(secret -> {
            Metadata headers = new Metadata();
            headers.put(AUTHORIZATION, "Bearer " + secret);
            builder.intercept(MetadataUtils.newAttachHeadersInterceptor(headers));
        });
        return builder.build();
    }

    /** Carries a W3C trace context on, so that the calls of an attempt belong to the run that caused it. */
    static ClientInterceptor traceContext(Map<String, String> context) {
        Metadata headers = new Metadata();
        for (String name : new String[] {"traceparent", "tracestate"}) {
            String value = context.get(name);
            if (value != null && !value.isEmpty()) {
                headers.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
            }
        }
        return MetadataUtils.newAttachHeadersInterceptor(headers);
    }
}
