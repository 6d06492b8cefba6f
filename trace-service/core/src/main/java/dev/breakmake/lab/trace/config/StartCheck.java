package dev.breakmake.lab.trace.config;

import dev.breakmake.lab.trace.domain.Access;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Refuses to start a service that strangers could reach without a token. */
@Singleton
public class StartCheck {

    private final Access access;
    private final String host;

    StartCheck(Access access, @ConfigProperty(name = "quarkus.http.host", defaultValue = "127.0.0.1") String host) {
        this.access = access;
        this.host = host;
    }

    /** Throws IllegalStateException with what to do about it. */
    void check() {
        if (!access.isRestricted() && !isLoopback(host)) {
            throw new IllegalStateException(
                    "the trace service would listen on " + host
                            + " without authentication: set breakmake.trace.tokens.NAME.secret and .roles, or bind a loopback address");
        }
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
