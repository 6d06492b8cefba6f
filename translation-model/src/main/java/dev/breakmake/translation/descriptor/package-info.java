/**
 * One 64-bit descriptor: what it is, what it maps with which attributes, and what a change from one to another means.
 *
 * <p>{@link dev.breakmake.translation.descriptor.DescriptorFormat} decodes without allocating;
 * {@link dev.breakmake.translation.descriptor.Descriptor} is the same as a value, for reports.
 */
@NullMarked
package dev.breakmake.translation.descriptor;

import org.jspecify.annotations.NullMarked;
