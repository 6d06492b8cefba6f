/** Plain text for a terminal. */
@NullMarked
package dev.breakmake.cli.report.text;

import org.jspecify.annotations.NullMarked;
