/** Holds the event sequences of two backends that booted the same image on the same machine against each other. */
@NullMarked
package dev.breakmake.qemu.compare;

import org.jspecify.annotations.NullMarked;
