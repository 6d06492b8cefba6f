/**
 * System registers as translation regimes: typed views of single registers, and what all of them together mean for a walk.
 *
 * <p>{@link dev.breakmake.translation.register.RegisterFile} takes the register writes of one PE and answers with the
 * {@link dev.breakmake.translation.register.RegimeConfiguration} of each regime.
 */
@NullMarked
package dev.breakmake.translation.register;

import org.jspecify.annotations.NullMarked;
