/** The scheduler and the trace service as the runner sees them, over gRPC. */
@NullMarked
package dev.breakmake.lab.runner.client;

import org.jspecify.annotations.NullMarked;
