/** Real hypervisor images: which ones, where they are cached, how they come from Debian packages. */
@NullMarked
package dev.breakmake.cli.image;

import org.jspecify.annotations.NullMarked;
