/** Settings and wiring of the service. */
@NullMarked
package dev.breakmake.lab.trace.config;

import org.jspecify.annotations.NullMarked;
