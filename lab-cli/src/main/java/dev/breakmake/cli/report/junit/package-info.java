/** JUnit XML for pipelines. */
@NullMarked
package dev.breakmake.cli.report.junit;

import org.jspecify.annotations.NullMarked;
