package dev.breakmake.lab.trace.domain;

import dev.breakmake.lab.trace.domain.TraceException.Reason;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who may do what. Without any token everybody may do everything; a service that is reachable from elsewhere refuses to start like that. */
public final class Access {

    private static final int SHORTEST_SECRET = 16;
    private static final String SCHEME = "Bearer ";
    private static final Set<String> KNOWN = Set.of("viewer", "submitter", "runner", "admin");

    private final List<Token> tokens;

    /** A secret and the roles it gives. */
    public record Token(String name, String secret, Set<String> roles) {}

    /** What a call does. */
    public enum Action {
        /** Deliver traces: runners. */
        INGEST,
        /** Read traces and findings: everybody with a token. */
        READ
    }

    /** Access by these tokens; throws IllegalArgumentException with one clear message when one is no good. */
    public Access(List<Token> tokens) {
        for (Token token : tokens) {
            if (token.secret().length() < SHORTEST_SECRET) {
                throw new IllegalArgumentException("breakmake.trace.tokens." + token.name() + ".secret has "
                        + token.secret().length() + " characters; use at least " + SHORTEST_SECRET);
            }
            for (String role : token.roles()) {
                if (!KNOWN.contains(role)) {
                    throw new IllegalArgumentException("breakmake.trace.tokens." + token.name() + ".roles: '" + role
                            + "' is none of viewer, submitter, runner, admin");
                }
            }
        }
        this.tokens = List.copyOf(tokens);
    }

    /** Whether callers need a token. */
    public boolean isRestricted() {
        return !tokens.isEmpty();
    }

    /**
     * Lets the call pass or says why not.
     *
     * @param authorization value of the Authorization header, or null
     */
    public void require(@Nullable String authorization, Action action) {
        if (tokens.isEmpty()) {
            return;
        }
        if (authorization == null || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw new TraceException(Reason.UNAUTHENTICATED, "a token is needed: send 'Authorization: Bearer TOKEN'");
        }
        byte[] presented = authorization.substring(SCHEME.length()).strip().getBytes(StandardCharsets.UTF_8);
        Token found = null;
        for (Token token : tokens) {
            // Every token is compared in full, so that the time says nothing about which one nearly matched.
            if (MessageDigest.isEqual(presented, token.secret().getBytes(StandardCharsets.UTF_8))) {
                found = token;
            }
        }
        if (found == null) {
            throw new TraceException(Reason.UNAUTHENTICATED, "the token is not known here");
        }
        if (action == Action.INGEST
                && !found.roles().contains("runner")
                && !found.roles().contains("admin")) {
            throw new TraceException(Reason.ROLE_MISSING, "delivering traces needs the role runner");
        }
    }
}
