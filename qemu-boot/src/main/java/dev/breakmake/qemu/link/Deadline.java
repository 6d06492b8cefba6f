package dev.breakmake.qemu.link;

import java.time.Duration;

/** A point in monotonic time by which something must have happened. */
public final class Deadline {

    private final long at;
    private final Duration length;

    private Deadline(Duration length) {
        this.length = length;
        this.at = System.nanoTime() + Math.min(length.toNanos(), Long.MAX_VALUE / 4);
    }

    /** A deadline that far from now. */
    public static Deadline in(Duration length) {
        return new Deadline(length);
    }

    /** Nanoseconds left; 0 when passed. */
    public long remainingNanos() {
        return Math.max(0, at - System.nanoTime());
    }

    /** Whether the deadline has passed. */
    public boolean passed() {
        return System.nanoTime() - at >= 0;
    }

    /** How long the deadline was when it was set. */
    public Duration length() {
        return length;
    }

    /** The earlier of this deadline and one that far from now. */
    public Deadline orIn(Duration other) {
        return other.toNanos() < remainingNanos() ? in(other) : this;
    }
}
