/** What pictures are drawn with. */
@NullMarked
package dev.breakmake.cli.picture;

import org.jspecify.annotations.NullMarked;
