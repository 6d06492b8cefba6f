/** What tests of several modules share: real images and programs of this machine, or a skip that says what is missing. */
@NullMarked
package dev.breakmake.testkit;

import org.jspecify.annotations.NullMarked;
