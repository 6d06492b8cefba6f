/** Tests of the trace service's core on real PostgreSQL and real traces. */
@NullMarked
package dev.breakmake.lab.trace;

import org.jspecify.annotations.NullMarked;
