/** The whole lab in one process: starts PostgreSQL, hosts the three services' cores, and stops everything again. */
@NullMarked
package dev.breakmake.lab.local;

import org.jspecify.annotations.NullMarked;
