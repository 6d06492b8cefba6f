/** What a person or a machine gets to read of a violation: the finding, its evidence, its stable identity. */
@NullMarked
package dev.breakmake.translation.finding;

import org.jspecify.annotations.NullMarked;
