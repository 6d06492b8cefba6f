package dev.breakmake.lab.scheduler.config;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** No open door by accident: without tokens only a loopback address may be bound. */
public final class BindGuard {

    private BindGuard() {}

    /** Throws IllegalStateException with what to do about it if {@code host} is reachable from outside although {@code tokens} are not required. */
    public static void check(String host, Tokens tokens) {
        if (tokens.isRequired() || isLoopback(host)) {
            return;
        }
        throw new IllegalStateException(
                "quarkus.http.host is '" + host
                        + "', reachable from other machines, but no token is configured: set breakmake.scheduler.tokens.NAME.secret and .roles, or bind 127.0.0.1");
    }

    private static boolean isLoopback(String host) {
        try {
            for (InetAddress address : InetAddress.getAllByName(host)) {
                if (!address.isLoopbackAddress()) {
                    return false;
                }
            }
            return true;
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
