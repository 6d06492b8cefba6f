/**
 * The event vocabulary: everything that boots speaks it, everything that judges consumes it, everything that is stored is it.
 *
 * <p>A run is one totally ordered sequence of {@link dev.breakmake.translation.event.TranslationEvent}s that starts with a
 * {@link dev.breakmake.translation.event.TraceHeader}. Addresses are 64-bit, units are bytes; nothing here knows of rules, files
 * or machines.
 */
@NullMarked
package dev.breakmake.translation.event;

import org.jspecify.annotations.NullMarked;
