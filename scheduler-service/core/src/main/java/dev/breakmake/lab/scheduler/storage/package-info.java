/** SQL and nothing else: one class per table or small group of tables. */
@NullMarked
package dev.breakmake.lab.scheduler.storage;

import org.jspecify.annotations.NullMarked;
