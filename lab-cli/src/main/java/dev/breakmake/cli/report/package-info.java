/** What is printed and written about boots; every format from the same {@link dev.breakmake.cli.boot.BootReport}. */
@NullMarked
package dev.breakmake.cli.report;

import org.jspecify.annotations.NullMarked;
