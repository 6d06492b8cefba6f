/** The runner: takes cells from the scheduler, boots them, ships what happened. */
@NullMarked
package dev.breakmake.lab.runner;

import org.jspecify.annotations.NullMarked;
