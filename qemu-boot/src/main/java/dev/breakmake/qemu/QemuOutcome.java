package dev.breakmake.qemu;

import dev.breakmake.translation.OutcomeKind;

/**
 * How a boot ended.
 *
 * @param kind what ended it: REACHED, PANICKED, LIMIT, or HUNG if the guest reset or switched itself off before the expected text
 * @param detail the console line that matched, or what limit was reached
 */
public record QemuOutcome(OutcomeKind kind, String detail) {}
