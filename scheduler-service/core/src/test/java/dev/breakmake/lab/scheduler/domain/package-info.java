/** Tests of the rules of the queue. */
@NullMarked
package dev.breakmake.lab.scheduler.domain;

import org.jspecify.annotations.NullMarked;
