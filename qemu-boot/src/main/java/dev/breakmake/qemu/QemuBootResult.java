package dev.breakmake.qemu;

import java.time.Duration;
import java.util.List;

/**
 * What one boot gave.
 *
 * @param outcome how it ended
 * @param console console lines without their line ends
 * @param qemuVersion e.g. {@code 7.2.22}
 * @param sandboxed whether QEMU ran under its system call filter
 * @param events events given to the sink; 0 unless observation was full
 * @param stops times the machine was held to look at it
 * @param logged how many of these times it waited in its own log; the others the gdb stub stopped it
 * @param packets requests made of the gdb stub
 * @param elapsed from process start to the end of the boot
 */
public record QemuBootResult(
        QemuOutcome outcome,
        List<String> console,
        String qemuVersion,
        boolean sandboxed,
        long events,
        long stops,
        long logged,
        long packets,
        Duration elapsed) {}
