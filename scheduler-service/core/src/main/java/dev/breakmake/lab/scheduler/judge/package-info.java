/** From what a runner and the trace service report to a verdict and a cause, and from two runs to a comparison. */
@NullMarked
package dev.breakmake.lab.scheduler.judge;

import org.jspecify.annotations.NullMarked;
