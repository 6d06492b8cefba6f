/** Checks before a service serves. */
@NullMarked
package dev.breakmake.lab.start;

import org.jspecify.annotations.NullMarked;
