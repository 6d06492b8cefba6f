package dev.breakmake.engine.machine;

import dev.breakmake.translation.OutcomeKind;
import java.util.regex.Pattern;

/** When a boot counts as having reached its goal. */
public sealed interface Until {

    /** Xen's last words without a dom0; any other panic is {@link OutcomeKind#PANICKED}. */
    Until XEN_WITHOUT_DOM0 = new ConsoleText(Pattern.compile("Could not set up"));

    /** A console line in which the pattern is found. */
    record ConsoleText(Pattern pattern) implements Until {}

    /** A PE is about to execute the instruction at an address (virtual, or physical while its MMU is off). */
    record Address(long address, String name) implements Until {}

    /** The guest switches the machine off (PSCI SYSTEM_OFF or SYSTEM_RESET). */
    record PowerOff() implements Until {}

    /** A guest below the hypervisor executes its first instruction. */
    record GuestEntry() implements Until {}
}
