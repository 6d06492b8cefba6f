/** The trace database: plain JDBC, one class per group of tables. */
@NullMarked
package dev.breakmake.lab.trace.storage;

import org.jspecify.annotations.NullMarked;
