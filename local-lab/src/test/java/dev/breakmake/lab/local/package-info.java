/** The lab as a whole, in real processes. */
@NullMarked
package dev.breakmake.lab.local;

import org.jspecify.annotations.NullMarked;
