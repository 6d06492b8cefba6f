/** The files of deploy/ against the services they are about. */
@NullMarked
package dev.breakmake.deploy;

import org.jspecify.annotations.NullMarked;
