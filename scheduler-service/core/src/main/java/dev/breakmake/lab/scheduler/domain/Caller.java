package dev.breakmake.lab.scheduler.domain;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who makes a request.
 *
 * @param name name for the audit log: that of the token, or {@code loopback}
 * @param roles what they may do
 * @param traceParent W3C trace context of the request; null if it came without one
 */
public record Caller(String name, Set<Role> roles, @Nullable String traceParent) {

    /** Whoever comes over the loopback address of a lab without authentication. */
    public static final Caller LOOPBACK = new Caller("loopback", Set.of(Role.ADMIN, Role.RUNNER));

    /** The scheduler itself: schedules, reaping. */
    public static final Caller SCHEDULER = new Caller("scheduler", Set.of(Role.ADMIN));

    /** Somebody whose request belongs to no trace. */
    public Caller(String name, Set<Role> roles) {
        this(name, roles, null);
    }

    /** The same with a request that belongs to the trace of {@code parent}, which nobody has checked yet. */
    public Caller within(@Nullable String parent) {
        return new Caller(name, roles, parent);
    }

    /** Copies the roles. */
    public Caller {
        roles = Set.copyOf(roles);
    }

    /** Throws ROLE_MISSING unless one of the roles includes {@code role}. */
    public void require(Role role) {
        if (roles.stream().noneMatch(held -> held.includes(role))) {
            throw new LabException(
                    Reason.ROLE_MISSING,
                    "'" + name + "' lacks the role " + role.name().toLowerCase(java.util.Locale.ROOT));
        }
    }
}
