/** The scheduler as a process of its own. */
@NullMarked
package dev.breakmake.lab.scheduler.app;

import org.jspecify.annotations.NullMarked;
