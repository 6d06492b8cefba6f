/** One local boot: run it, watch it, judge it; the same for every backend. */
@NullMarked
package dev.breakmake.cli.boot;

import org.jspecify.annotations.NullMarked;
