package dev.breakmake.translation.finding;

import org.jspecify.annotations.Nullable;

/**
 * An earlier event that made the state possible.
 *
 * @param step step in which it happened
 * @param pe PE that did it
 * @param pc address of the instruction
 * @param symbol its symbol with offset, or null
 * @param text what happened, e.g. {@code "written as ..., never invalidated on PE1"}
 */
public record Evidence(long step, int pe, long pc, @Nullable String symbol, String text) {}
