package dev.breakmake.cli.boot;

/**
 * What reports need of a boot beyond its findings, since it costs time.
 *
 * @param pictures of the tables; they take memory and a replay
 * @param traceDigest of all events
 */
public record Wanted(boolean pictures, boolean traceDigest) {

    /** Findings only. */
    public static final Wanted NOTHING = new Wanted(false, false);

    /** The digest, no pictures. */
    public static final Wanted DIGEST = new Wanted(false, true);
}
