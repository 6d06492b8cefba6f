/** One self-contained page: no script from elsewhere, no request, light and dark. */
@NullMarked
package dev.breakmake.cli.report.html;

import org.jspecify.annotations.NullMarked;
