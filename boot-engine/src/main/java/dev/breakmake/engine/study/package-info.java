/** Flows put before the checker: what a decision changes, and what every single-operation mutation of a flow leads to. */
@NullMarked
package dev.breakmake.engine.study;

import org.jspecify.annotations.NullMarked;
