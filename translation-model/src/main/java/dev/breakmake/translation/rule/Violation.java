package dev.breakmake.translation.rule;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a rule tells about the first occurrence of a violation; later ones at the same place are only counted. */
public final class Violation {
    /**
     * An earlier event.
     *
     * @param time when, in {@link Clock} time
     * @param pe by whom
     * @param pc instruction
     * @param text what happened
     */
    public record Cause(long time, int pe, long pc, String text) {}

    /**
     * A value and its meaning.
     *
     * @param value 64-bit value
     * @param text decoded
     */
    public record Value(long value, String text) {}

    private String message = "";
    private @Nullable Value before;
    private @Nullable Value after;
    private final List<Cause> causes = new ArrayList<>();
    private final Map<String, String> evidence = new LinkedHashMap<>();
    private List<String> compliant = List.of();

    /** Says what is wrong, in one sentence with values. */
    public Violation message(String format, Object... arguments) {
        message = Sentence.of(format, arguments);
        return this;
    }

    /** What was there, or may still be held. */
    public Violation before(long value, String text) {
        before = new Value(value, text);
        return this;
    }

    /** What replaced it. */
    public Violation after(long value, String text) {
        after = new Value(value, text);
        return this;
    }

    /** Adds an earlier event that made the state possible. */
    public Violation because(long time, int pe, long pc, String format, Object... arguments) {
        causes.add(new Cause(time, pe, pc, Sentence.of(format, arguments)));
        return this;
    }

    /** Adds a named fact. */
    public Violation evidence(String name, Object value) {
        evidence.put(name, value.toString());
        return this;
    }

    /** Replaces the catalogue's compliant sequence by one with this violation's values. */
    public Violation compliant(String... steps) {
        compliant = List.of(steps);
        return this;
    }

    /** The sentence. */
    public String message() {
        return message;
    }

    /** Old value, or null. */
    public @Nullable Value before() {
        return before;
    }

    /** New value, or null. */
    public @Nullable Value after() {
        return after;
    }

    /** Earlier events in the order added. */
    public List<Cause> causes() {
        return causes;
    }

    /** Named facts in the order added. */
    public Map<String, String> evidence() {
        return evidence;
    }

    /** The compliant sequence, empty if the catalogue's is to be used. */
    public List<String> compliant() {
        return compliant;
    }
}
