/**
 * Watches a boot through QEMU's gdb stub and the guest's shared memory and says in events what happened: stops at the instructions that
 * matter, reads registers there, and compares translation tables with what they were at the stop before.
 */
@NullMarked
package dev.breakmake.qemu.observe;

import org.jspecify.annotations.NullMarked;
