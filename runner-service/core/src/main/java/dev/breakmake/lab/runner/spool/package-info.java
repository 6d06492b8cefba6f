/** What the runner keeps on its disk: attempts on their way and images. */
@NullMarked
package dev.breakmake.lab.runner.spool;

import org.jspecify.annotations.NullMarked;
