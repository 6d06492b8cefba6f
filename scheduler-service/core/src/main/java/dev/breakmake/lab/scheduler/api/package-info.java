/** Adapters on one port; both call the same domain services. */
@NullMarked
package dev.breakmake.lab.scheduler.api;

import org.jspecify.annotations.NullMarked;
