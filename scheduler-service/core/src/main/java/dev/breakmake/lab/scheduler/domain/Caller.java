package dev.breakmake.lab.scheduler.domain;

import java.util.Set;

/**
 * Who makes a request.
 *
 * @param name name for the audit log: that of the token, or {@code loopback}
 * @param roles what they may do
 */
public record Caller(String name, Set<Role> roles) {

    /** Whoever comes over the loopback address of a lab without authentication. */
    public static final Caller LOOPBACK = new Caller("loopback", Set.of(Role.ADMIN, Role.RUNNER));

    /** The scheduler itself: schedules, reaping. */
    public static final Caller SCHEDULER = new Caller("scheduler", Set.of(Role.ADMIN));

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
