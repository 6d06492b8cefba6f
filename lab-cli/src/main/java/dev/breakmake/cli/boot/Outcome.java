package dev.breakmake.cli.boot;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How and where a boot ended, whatever backend ran it.
 *
 * @param kind REACHED, PANICKED, EXCEPTION_LOOP, HUNG, LIMIT, UNIMPLEMENTED or BAD_IMAGE
 * @param message one sentence
 * @param pe the PE the outcome belongs to
 * @param pc its program counter; null where the backend does not see it
 * @param symbol the name of that place, or null
 * @param walks walks of PC, SP and fault address at the end, level by level, one line each
 * @param console lines the guest printed
 */
public record Outcome(
        String kind,
        String message,
        int pe,
        @Nullable Long pc,
        @Nullable String symbol,
        List<String> walks,
        List<String> console) {

    /** The goal was reached. */
    public static final String REACHED = "REACHED";

    public Outcome {
        walks = List.copyOf(walks);
        console = List.copyOf(console);
    }

    /** Whether the boot reached its goal. */
    public boolean reached() {
        return kind.equals(REACHED);
    }
}
