/** JSON and YAML documents to contract messages with line and column of every mistake, and back. */
@NullMarked
package dev.breakmake.lab.scheduler.document;

import org.jspecify.annotations.NullMarked;
