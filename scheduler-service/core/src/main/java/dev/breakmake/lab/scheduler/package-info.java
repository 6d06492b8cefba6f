/** The scheduler: jobs become runs, runs become cells, cells wait, are leased, and end with a verdict. */
@NullMarked
package dev.breakmake.lab.scheduler;

import org.jspecify.annotations.NullMarked;
