/** The local lab as a process: where it lives, whether it runs, how it is started and stopped. */
@NullMarked
package dev.breakmake.cli.lab;

import org.jspecify.annotations.NullMarked;
