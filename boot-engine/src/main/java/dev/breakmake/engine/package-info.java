/** The boot engine: a deterministic A64/A32 machine with an architectural view of its own translation system. */
@NullMarked
package dev.breakmake.engine;

import org.jspecify.annotations.NullMarked;
