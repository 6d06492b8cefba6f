/** Settings, wiring, health and shutdown of the runner. */
@NullMarked
package dev.breakmake.lab.runner.config;

import org.jspecify.annotations.NullMarked;
