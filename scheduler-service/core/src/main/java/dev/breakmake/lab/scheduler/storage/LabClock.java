package dev.breakmake.lab.scheduler.storage;

/** The lab's only clock: the database's, as an SQL expression. No comparison of leases, back-offs or turns ever uses a machine's own time. */
@FunctionalInterface
public interface LabClock {

    /** PostgreSQL's wall clock at the time of the statement. */
    LabClock DATABASE = () -> "clock_timestamp()";

    /** An SQL expression of type timestamptz. */
    String expression();
}
