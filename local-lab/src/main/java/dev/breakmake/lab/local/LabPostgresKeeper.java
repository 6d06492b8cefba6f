package dev.breakmake.lab.local;

/**
 * Starts PostgreSQL again when it has ended by itself: killed for want of memory, or stopped because its disk was full. The services wait for it meanwhile, as they would for
 * a server elsewhere.
 */
final class LabPostgresKeeper implements AutoCloseable {

    private static final long LOOK_MILLIS = 1_000;
    private static final long LONGEST_PAUSE_MILLIS = 30_000;

    private final LabPostgres postgres;
    private final Thread thread;

    private LabPostgresKeeper(LabPostgres postgres) {
        this.postgres = postgres;
        this.thread = Thread.ofVirtual().name("keep-postgresql").unstarted(this::keep);
    }

    /** Looks after {@code postgres}, which is running, until it is closed. */
    static LabPostgresKeeper of(LabPostgres postgres) {
        LabPostgresKeeper keeper = new LabPostgresKeeper(postgres);
        keeper.thread.start();
        return keeper;
    }

    private void keep() {
        long pause = LOOK_MILLIS;
        try {
            while (true) {
                Thread.sleep(pause);
                pause = postgres.isAlive() || startAgain() ? LOOK_MILLIS : Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
            }
        } catch (InterruptedException e) {
            // Closed: from here on whoever closed it says whether PostgreSQL runs.
            Thread.currentThread().interrupt();
        }
    }

    private boolean startAgain() {
        System.err.println("breakmake-lab: PostgreSQL has ended by itself; starting it again");
        try {
            postgres.start(progress -> {});
            return true;
        } catch (LabFailure e) {
            System.err.println("breakmake-lab: " + e.getMessage());
            return false;
        }
    }

    /** Waits until nothing is being started any more. */
    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
