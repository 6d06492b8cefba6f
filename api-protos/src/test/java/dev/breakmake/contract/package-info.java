/** Habits of the contracts, checked. */
@NullMarked
package dev.breakmake.contract;

import org.jspecify.annotations.NullMarked;
