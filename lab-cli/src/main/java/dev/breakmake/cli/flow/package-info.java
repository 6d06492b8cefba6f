/** Boot flows at the command line: what they are, how they end, what each mutation of them leads to. */
@NullMarked
package dev.breakmake.cli.flow;

import org.jspecify.annotations.NullMarked;
