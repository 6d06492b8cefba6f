/** What a terminal can show: width, colour, one live line. */
@NullMarked
package dev.breakmake.cli.terminal;

import org.jspecify.annotations.NullMarked;
