/** Slots, leases and the life of one attempt. */
@NullMarked
package dev.breakmake.lab.runner.domain;

import org.jspecify.annotations.NullMarked;
