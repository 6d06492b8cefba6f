/**
 * Traces: the binary file, its text form, the digest of a run, and the steps and page-table diffs a run consists of.
 *
 * <p>{@link dev.breakmake.translation.trace.EventCodec} says once which fields an event has; file, text and digest follow from it.
 * docs/trace-format.md describes the bytes.
 */
@NullMarked
package dev.breakmake.translation.trace;

import org.jspecify.annotations.NullMarked;
