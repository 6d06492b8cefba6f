/** A client of the QEMU Machine Protocol: JSON lines over a unix socket, commands with replies, and events. */
@NullMarked
package dev.breakmake.qemu.qmp;

import org.jspecify.annotations.NullMarked;
