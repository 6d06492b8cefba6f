/**
 * One thread, several unix sockets: the console, the gdb stub and the QMP monitor of one QEMU process are served from one selector, so
 * that what the guest printed before a stop is always seen before the stop.
 */
@NullMarked
package dev.breakmake.qemu.link;

import org.jspecify.annotations.NullMarked;
