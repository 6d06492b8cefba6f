/** The demo's jobs: which cells it shows and what is known of each. */
@NullMarked
package dev.breakmake.cli.demo;

import org.jspecify.annotations.NullMarked;
