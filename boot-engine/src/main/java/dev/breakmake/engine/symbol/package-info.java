/** Names for addresses: ELF symbol tables, map files, DWARF line tables, before and after an image is relocated. */
@NullMarked
package dev.breakmake.engine.symbol;

import org.jspecify.annotations.NullMarked;
