/** Tests of what executes cells. */
@NullMarked
package dev.breakmake.lab.runner.backend;

import org.jspecify.annotations.NullMarked;
