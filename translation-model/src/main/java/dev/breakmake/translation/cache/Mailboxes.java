package dev.breakmake.translation.cache;

import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.event.NamedRegion;
import java.util.List;

/**
 * Memory that one PE writes through its caches and another reads with caches off while it comes up. A backend that knows where it lies
 * names it in the header and watches its lines from the first instruction on (docs/decisions/0151).
 */
public final class Mailboxes {
    /** Symbols of Xen: the root for secondaries, and the PE that may go on. Both are 64-bit words. */
    public static final List<String> XEN = List.of("init_ttbr", "smp_up_cpu");

    /** Bytes of each. */
    public static final long BYTES = 8;

    private static final String PREFIX = "mailbox ";

    private Mailboxes() {}

    /** The header's region of a mailbox at a physical address. */
    public static NamedRegion region(String symbol, long pa) {
        return new NamedRegion(PREFIX + symbol, new AddressRange(pa, pa + BYTES));
    }

    /** Whether a region of a header is a mailbox. */
    public static boolean is(NamedRegion region) {
        return region.name().startsWith(PREFIX);
    }
}
