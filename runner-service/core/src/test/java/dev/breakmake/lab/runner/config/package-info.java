/** Start and health of the runner. */
@NullMarked
package dev.breakmake.lab.runner.config;

import org.jspecify.annotations.NullMarked;
