/** Many boots in one process: cells run on all cores, each judged against what is known about its image. */
@NullMarked
package dev.breakmake.cli.matrix;

import org.jspecify.annotations.NullMarked;
