/**
 * The QEMU process: finding it, starting it under limits in a private folder, and ending it with everything it made on every way out,
 * a SIGKILL of this JVM included.
 */
@NullMarked
package dev.breakmake.qemu.process;

import org.jspecify.annotations.NullMarked;
