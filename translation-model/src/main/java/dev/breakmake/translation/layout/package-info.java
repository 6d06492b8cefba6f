/**
 * Memory layouts: which regions of virtual address space a hypervisor gives what purpose, whether they fit together, and at which
 * load addresses its identity mapping gets into their way.
 */
@NullMarked
package dev.breakmake.translation.layout;

import org.jspecify.annotations.NullMarked;
