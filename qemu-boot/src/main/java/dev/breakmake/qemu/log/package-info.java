/**
 * QEMU's execution log ({@code -d exec,cpu -dfilter}) as it comes, read so slowly that QEMU waits in the middle of an entry until its
 * guest has been looked at: a stop that costs two wake-ups instead of a gdb stop's thrown away translations.
 */
@NullMarked
package dev.breakmake.qemu.log;

import org.jspecify.annotations.NullMarked;
