/**
 * Table walks over any view of memory: one address, explained level by level, or a whole address space as ranges and the
 * difference of two.
 */
@NullMarked
package dev.breakmake.translation.walk;

import org.jspecify.annotations.NullMarked;
