/** Real PostgreSQL for tests: embedded or in a container, the same tests either way. */
@NullMarked
package dev.breakmake.lab.testing;

import org.jspecify.annotations.NullMarked;
