/** Trace files on the command line: which format, the machine's tables at any step, the change of a step. */
@NullMarked
package dev.breakmake.cli.trace;

import org.jspecify.annotations.NullMarked;
