/** A client of a lab over REST: where the lab is, requests with errors a person can act on, watch streams. */
@NullMarked
package dev.breakmake.cli.client;

import org.jspecify.annotations.NullMarked;
