/** Guest physical memory: RAM banks of lazily allocated copy-on-write pages, and the device windows beside them. */
@NullMarked
package dev.breakmake.engine.memory;

import org.jspecify.annotations.NullMarked;
