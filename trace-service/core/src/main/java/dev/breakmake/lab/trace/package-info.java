/** The trace service: takes traces in, checks them, keeps them and answers questions about them. */
@NullMarked
package dev.breakmake.lab.trace;

import org.jspecify.annotations.NullMarked;
