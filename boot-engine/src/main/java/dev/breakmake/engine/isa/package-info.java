/** Instruction sets. */
@NullMarked
package dev.breakmake.engine.isa;

import org.jspecify.annotations.NullMarked;
