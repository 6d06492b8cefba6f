/**
 * What translated guest code is made of, whatever its instruction set: the frame of a region (registers in locals, exact stops, one
 * spill), memory accesses through the software TLB, and how the class is loaded.
 */
@NullMarked
package dev.breakmake.engine.translate;

import org.jspecify.annotations.NullMarked;
