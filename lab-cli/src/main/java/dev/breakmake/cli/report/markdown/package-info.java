/** Markdown for a mailing list or a merge request. */
@NullMarked
package dev.breakmake.cli.report.markdown;

import org.jspecify.annotations.NullMarked;
