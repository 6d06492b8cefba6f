/** What executes a cell: the engine or QEMU, behind one interface. */
@NullMarked
package dev.breakmake.lab.runner.backend;

import org.jspecify.annotations.NullMarked;
