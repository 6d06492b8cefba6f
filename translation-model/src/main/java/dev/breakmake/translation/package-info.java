/** The Arm translation system as a model: registers, descriptors, walks, what hardware may hold, and the rules on that. */
@NullMarked
package dev.breakmake.translation;

import org.jspecify.annotations.NullMarked;
