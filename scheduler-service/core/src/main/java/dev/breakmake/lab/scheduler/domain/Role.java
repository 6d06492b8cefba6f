package dev.breakmake.lab.scheduler.domain;

/** What a caller may do. */
public enum Role {
    /** Read everything of the projects. */
    VIEWER,
    /** Upload images, define and run jobs, cancel runs. Includes VIEWER. */
    SUBMITTER,
    /** Take leases, ship logs, complete attempts, fetch images. Nothing else. */
    RUNNER,
    /** Everything, except what only a runner does unless it holds that role too. */
    ADMIN;

    /** Whether this role includes {@code other}. */
    public boolean includes(Role other) {
        return switch (this) {
            case VIEWER -> other == VIEWER;
            case SUBMITTER -> other == VIEWER || other == SUBMITTER;
            case RUNNER -> other == RUNNER;
            case ADMIN -> other != RUNNER;
        };
    }
}
