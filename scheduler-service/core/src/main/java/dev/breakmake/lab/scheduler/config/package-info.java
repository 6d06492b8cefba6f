/** Configuration keys and how the parts are put together. */
@NullMarked
package dev.breakmake.lab.scheduler.config;

import org.jspecify.annotations.NullMarked;
