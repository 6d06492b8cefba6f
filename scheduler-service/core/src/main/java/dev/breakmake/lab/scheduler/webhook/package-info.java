/** Subscriptions: messages put in when a run ends, signed and sent until they arrive or are given up. */
@NullMarked
package dev.breakmake.lab.scheduler.webhook;

import org.jspecify.annotations.NullMarked;
