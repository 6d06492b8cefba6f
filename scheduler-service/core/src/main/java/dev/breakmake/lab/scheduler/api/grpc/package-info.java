/** gRPC services: thin adapters and the mapping of errors to google.rpc.Status. */
@NullMarked
package dev.breakmake.lab.scheduler.api.grpc;

import org.jspecify.annotations.NullMarked;
