/** The stable JSON shapes of {@code --json}, documented in docs/schema. */
@NullMarked
package dev.breakmake.cli.report.json;

import org.jspecify.annotations.NullMarked;
