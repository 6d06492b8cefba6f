/** Memory layouts at the command line: regions, what each load address means to them, and a picture of both. */
@NullMarked
package dev.breakmake.cli.layout;

import org.jspecify.annotations.NullMarked;
