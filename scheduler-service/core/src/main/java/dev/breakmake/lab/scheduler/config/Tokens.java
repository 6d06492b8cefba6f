package dev.breakmake.lab.scheduler.config;

import dev.breakmake.lab.scheduler.domain.Caller;
import dev.breakmake.lab.scheduler.domain.Digests;
import dev.breakmake.lab.scheduler.domain.LabException;
import dev.breakmake.lab.scheduler.domain.Reason;
import dev.breakmake.lab.scheduler.domain.Role;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who a bearer token belongs to. Looked up by digest, so that the time a look-up takes says nothing about a secret. */
public final class Tokens {

    private static final int MIN_SECRET = 16;
    private static final String SCHEME = "Bearer ";

    private final Map<String, Caller> callers = new HashMap<>();

    /** Reads the tokens configured; throws IllegalArgumentException with one clear message when one is no good. */
    public Tokens(Map<String, SchedulerSettings.Token> tokens) {
        tokens.forEach((name, token) -> {
            if (token.secret().length() < MIN_SECRET) {
                throw new IllegalArgumentException(
                        "breakmake.scheduler.tokens." + name + ".secret is shorter than " + MIN_SECRET + " characters");
            }
            Caller twin = callers.put(digest(token.secret()), new Caller(name, roles(name, token)));
            if (twin != null) {
                throw new IllegalArgumentException(
                        "breakmake.scheduler.tokens: '" + name + "' and '" + twin.name() + "' have the same secret");
            }
        });
    }

    private static Set<Role> roles(String name, SchedulerSettings.Token token) {
        EnumSet<Role> roles = EnumSet.noneOf(Role.class);
        for (String role : token.roles()) {
            try {
                roles.add(Role.valueOf(role.strip().toUpperCase(Locale.ROOT)));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "breakmake.scheduler.tokens." + name + ".roles: '" + role
                                + "' is none of viewer, submitter, runner, admin",
                        e);
            }
        }
        return roles;
    }

    /** Whether callers must identify themselves. */
    public boolean isRequired() {
        return !callers.isEmpty();
    }

    /** The caller behind the value of an Authorization header; UNAUTHENTICATED for none or an unknown one. */
    public Caller caller(@Nullable String authorization) {
        if (!isRequired()) {
            return Caller.LOOPBACK;
        }
        if (authorization == null || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw new LabException(Reason.UNAUTHENTICATED, "send a token: Authorization: Bearer TOKEN");
        }
        Caller caller =
                callers.get(digest(authorization.substring(SCHEME.length()).strip()));
        if (caller == null) {
            throw new LabException(Reason.UNAUTHENTICATED, "the token is not known here");
        }
        return caller;
    }

    private static String digest(String secret) {
        return Digests.sha256Hex(secret.getBytes(StandardCharsets.UTF_8));
    }
}
