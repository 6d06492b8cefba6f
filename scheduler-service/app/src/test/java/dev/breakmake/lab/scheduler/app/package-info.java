/** The scheduler through its doors: HTTP and gRPC on one port. */
@NullMarked
package dev.breakmake.lab.scheduler.app;

import org.jspecify.annotations.NullMarked;
