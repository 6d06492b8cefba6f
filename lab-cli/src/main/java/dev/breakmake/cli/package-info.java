/** The {@code breakmake} command: one class per command; what they share lives in the subpackages. */
@NullMarked
package dev.breakmake.cli;

import org.jspecify.annotations.NullMarked;
