/** The engine and QEMU on the same boot, and what they disagree on. */
@NullMarked
package dev.breakmake.cli.backend;

import org.jspecify.annotations.NullMarked;
