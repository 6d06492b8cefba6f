/** The rules of translation-table management: their catalogue and profiles, and one small class per rule family. */
@NullMarked
package dev.breakmake.translation.rule;

import org.jspecify.annotations.NullMarked;
