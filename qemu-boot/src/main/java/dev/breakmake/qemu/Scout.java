package dev.breakmake.qemu;

import dev.breakmake.qemu.gdb.StopReply;
import dev.breakmake.qemu.link.Deadline;
import dev.breakmake.qemu.observe.Observer;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The first steps of a boot, made to learn where the hypervisor runs its code: QEMU's log takes addresses only when it starts, and the
 * hypervisor chooses its own. What the scout does not meet is stopped at by breakpoints in the boot itself, as everything else is.
 */
final class Scout {

    /** Xen's boot code has switched its MMU on after a quarter of these stops. */
    private static final int MAX_STOPS = 64;

    /** The log looks all addresses through for every block. */
    private static final int MAX_ADDRESSES = 256;

    /**
     * Versions that QemuLoggedBootTest has passed with. A version that did not end a block behind some site would not tell of it, and nothing
     * would show that: any other version is stopped by breakpoints everywhere until the test has passed with it in this list.
     */
    private static final Set<String> KNOWN_VERSIONS = Set.of("7.2");

    private Scout() {}

    /** Whether the log of that version of QEMU is known to tell of everything that is asked for. */
    static boolean knows(String version) {
        return KNOWN_VERSIONS.stream().anyMatch(known -> version.equals(known) || version.startsWith(known + "."));
    }

    /** Virtual addresses a log should tell of; empty if there are none. */
    static Set<Long> addresses(QemuBootSpecification specification, Deadline deadline)
            throws IOException, InterruptedException {
        Console console = Console.of(specification, line -> {});
        try (QemuSession session = QemuSession.start(specification, console)) {
            if (!knows(session.monitor().version())) {
                return Set.of();
            }
            Observer observer = Observer.attach(
                    session.gdb(),
                    session.memory(),
                    specification.architecture(),
                    Set.of(),
                    specification.image(),
                    List.of(),
                    "",
                    event -> {});
            for (int stops = 0; stops < MAX_STOPS && !observer.translatedStop(); stops++) {
                observer.resume();
                StopReply reply = await(session, console, deadline);
                if (!(reply instanceof StopReply.Signal signal) || signal.signal() != StopReply.SIGTRAP) {
                    break;
                }
                observer.stopped(signal);
            }
            Set<Long> addresses = new TreeSet<>(observer.behindSites());
            return addresses.size() > MAX_ADDRESSES ? Set.of() : addresses;
        }
    }

    /** The next stop, or null if the boot is over before it. */
    private static @Nullable StopReply await(QemuSession session, Console console, Deadline deadline)
            throws IOException, InterruptedException {
        StopReply reply = session.gdb().pollStop();
        while (reply == null) {
            if (session.gdb().isClosed()) {
                throw session.died();
            }
            if (console.match() != null || console.limitReached() || deadline.passed()) {
                return null;
            }
            session.hub().pump(Math.max(1, deadline.remainingNanos()));
            reply = session.gdb().pollStop();
        }
        return reply;
    }
}
