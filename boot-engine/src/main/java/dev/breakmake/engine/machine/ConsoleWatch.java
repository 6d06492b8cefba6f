package dev.breakmake.engine.machine;

import dev.breakmake.translation.OutcomeKind;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Decides from console lines whether a boot reached its goal or panicked. */
final class ConsoleWatch {

    private final Until until;
    private boolean panicking;
    private String message = "";

    ConsoleWatch(final Until until) {
        this.until = until;
    }

    /** Goes on where another one is. */
    void restore(final ConsoleWatch from) {
        panicking = from.panicking;
        message = from.message;
    }

    /** What the latest decision was based on. */
    String message() {
        return message;
    }

    /**
     * Looks at a complete line.
     *
     * @return the outcome, or null to go on
     */
    @Nullable
    OutcomeKind line(final String line) {
        if (until instanceof Until.ConsoleText text
                && text.pattern().matcher(line).find()) {
            message = line;
            return OutcomeKind.REACHED;
        }
        if (panicking) {
            if (line.contains("****")) {
                return OutcomeKind.PANICKED;
            }
            message = message.isEmpty() ? line : message + " / " + line;
            return null;
        }
        final String lower = line.toLowerCase(Locale.ROOT);
        if (lower.contains("panic on cpu") || lower.contains("kernel panic")) {
            panicking = true;
            message = "";
        }
        return null;
    }
}
