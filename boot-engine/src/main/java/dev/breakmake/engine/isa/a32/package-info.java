/**
 * The A32 instruction set of ARMv7-A with the Virtualization Extensions and LPAE (DDI 0406, DDI 0487 part F): decoder, registers with
 * their banks, interpreter. It drives a processing element through the same memory and barrier methods as A64 does.
 */
@NullMarked
package dev.breakmake.engine.isa.a32;

import org.jspecify.annotations.NullMarked;
