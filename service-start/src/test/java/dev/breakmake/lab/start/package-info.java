/** The checks against real databases. */
@NullMarked
package dev.breakmake.lab.start;

import org.jspecify.annotations.NullMarked;
