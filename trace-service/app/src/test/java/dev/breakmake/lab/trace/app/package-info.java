/** Tests of the trace service as a whole. */
@NullMarked
package dev.breakmake.lab.trace.app;

import org.jspecify.annotations.NullMarked;
