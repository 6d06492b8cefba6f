/** The A64 instruction set: decoder, micro-operations, interpreter, and the operations too rare or too large for its loop. */
@NullMarked
package dev.breakmake.engine.isa.a64;

import org.jspecify.annotations.NullMarked;
