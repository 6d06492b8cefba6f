/** The scheduler's queue under load: a real scheduler process on a real, durable PostgreSQL, and runners that do nothing. */
@NullMarked
package dev.breakmake.benchmarks.queue;

import org.jspecify.annotations.NullMarked;
