/** Tests of the runner with real boots and services that fail. */
@NullMarked
package dev.breakmake.lab.runner.domain;

import org.jspecify.annotations.NullMarked;
