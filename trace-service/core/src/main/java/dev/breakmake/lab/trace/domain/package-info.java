/** What the service does, free of gRPC, HTTP and SQL text: ingest, analysis, queries, receipts, retention. */
@NullMarked
package dev.breakmake.lab.trace.domain;

import org.jspecify.annotations.NullMarked;
