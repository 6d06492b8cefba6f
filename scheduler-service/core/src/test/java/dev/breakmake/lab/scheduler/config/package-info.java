/** Start and health of the scheduler. */
@NullMarked
package dev.breakmake.lab.scheduler.config;

import org.jspecify.annotations.NullMarked;
