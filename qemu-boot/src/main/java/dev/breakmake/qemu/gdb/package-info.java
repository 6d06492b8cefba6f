/**
 * A client of the gdb remote serial protocol, as far as QEMU's stub speaks it: packets, target description, registers, memory, breakpoints and
 * resumption per thread. Everything the peer sends is treated as hostile: sizes are bounded, checksums verified, malformed replies refused.
 */
@NullMarked
package dev.breakmake.qemu.gdb;

import org.jspecify.annotations.NullMarked;
