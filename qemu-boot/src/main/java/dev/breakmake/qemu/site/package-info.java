/**
 * Instructions that matter to address translation, found in code as the guest's memory holds it: what to stop at, and what must have been
 * executed between two stops although nobody stopped there.
 */
@NullMarked
package dev.breakmake.qemu.site;

import org.jspecify.annotations.NullMarked;
