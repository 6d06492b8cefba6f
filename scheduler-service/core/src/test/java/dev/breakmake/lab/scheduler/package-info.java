/** The scheduler against a real PostgreSQL, with a clock the tests set. */
@NullMarked
package dev.breakmake.lab.scheduler;

import org.jspecify.annotations.NullMarked;
