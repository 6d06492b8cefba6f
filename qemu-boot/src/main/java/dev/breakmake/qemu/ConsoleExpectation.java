package dev.breakmake.qemu;

import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What console text ends a run. Text is matched line by line; an unfinished last line counts once nothing follows for a while.
 *
 * <p>Without an {@code until} pattern, Xen without a dom0 is expected: reached at 'Could not set up'. A Xen panic that does not match ends
 * the run too, when Xen says what it does next (wait or reboot): by then the panic message is complete.
 */
public final class ConsoleExpectation {

    /** Where a Xen without a dom0 kernel ends after a complete boot. */
    public static final Pattern XEN_WITHOUT_DOM0 = Pattern.compile("Could not set up");

    private static final Pattern PANIC = Pattern.compile("Panic on CPU|Unexpected Trap|Unexpected trap");
    private static final Pattern PANIC_END = Pattern.compile("Manual reset required|Reboot in five seconds|Rebooting");

    /** How the console ended a run. */
    public enum Match {
        REACHED,
        PANICKED
    }

    private final Pattern until;
    private boolean panicking;

    /** Expects that text, or the default. */
    public ConsoleExpectation(Optional<Pattern> until) {
        this.until = until.orElse(XEN_WITHOUT_DOM0);
    }

    /** Looks at a line. */
    public @Nullable Match look(CharSequence line) {
        if (until.matcher(line).find()) {
            return Match.REACHED;
        }
        if (PANIC.matcher(line).find()) {
            panicking = true;
        } else if (panicking && PANIC_END.matcher(line).find()) {
            return Match.PANICKED;
        }
        return null;
    }
}
