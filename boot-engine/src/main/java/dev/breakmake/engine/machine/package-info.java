/** The machine as a whole: building it from a platform, interleaving its PEs, virtual time, outcomes. */
@NullMarked
package dev.breakmake.engine.machine;

import org.jspecify.annotations.NullMarked;
