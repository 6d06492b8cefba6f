/** JMH benchmarks and side-by-side programs; what each is for stands in the module's README. */
@NullMarked
package dev.breakmake.benchmarks;

import org.jspecify.annotations.NullMarked;
