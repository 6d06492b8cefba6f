/** SARIF 2.1.0 for code-scanning services and editors. */
@NullMarked
package dev.breakmake.cli.report.sarif;

import org.jspecify.annotations.NullMarked;
