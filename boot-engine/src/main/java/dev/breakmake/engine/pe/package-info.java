/**
 * A processing element: registers, exceptions, the MMU front end with its software TLBs, barriers and maintenance operations. What
 * matters to translation leaves it as events. Instruction sets and boot flows drive it through the same methods.
 */
@NullMarked
package dev.breakmake.engine.pe;

import org.jspecify.annotations.NullMarked;
