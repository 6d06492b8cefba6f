/**
 * What surrounds the PEs, as data: platforms and their variants, device trees, image formats, where everything is placed in memory,
 * and the state firmware hands over.
 */
@NullMarked
package dev.breakmake.engine.platform;

import org.jspecify.annotations.NullMarked;
