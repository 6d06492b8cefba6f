/** breakmake.trace.v1 over gRPC. */
@NullMarked
package dev.breakmake.lab.trace.api.grpc;

import org.jspecify.annotations.NullMarked;
