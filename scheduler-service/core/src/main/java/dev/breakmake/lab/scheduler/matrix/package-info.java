/** From a job's axes to its cells: parsing of values, constraints, expansion, cell keys. */
@NullMarked
package dev.breakmake.lab.scheduler.matrix;

import org.jspecify.annotations.NullMarked;
