package dev.breakmake.translation.rule;

/** How bad a finding is, worst first. */
public enum Severity {
    /** The architecture requires otherwise: behaviour is unpredictable or data may be lost. */
    ERROR("error"),
    /** Recommended otherwise, latent, or possible by speculation only. */
    WARNING("warning"),
    /** Style and headroom; off unless a profile asks for it. */
    LINT("lint");

    private final String text;

    Severity(String text) {
        this.text = text;
    }

    /** The word used in files and on the wire: {@code error}, {@code warning}, {@code lint}. */
    public String text() {
        return text;
    }

    /** Whether this severity is as bad as the threshold or worse. */
    public boolean atLeast(Severity threshold) {
        return compareTo(threshold) <= 0;
    }

    /** The milder of two severities. */
    public Severity milderOf(Severity other) {
        return compareTo(other) >= 0 ? this : other;
    }
}
