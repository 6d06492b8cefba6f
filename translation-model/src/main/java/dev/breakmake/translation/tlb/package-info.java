/**
 * What translation lookaside buffers and walk caches may hold. Only what is <em>stale</em> is stored: descriptor versions that were
 * replaced, and roots that were left, each with the PEs that may still hold them.
 */
@NullMarked
package dev.breakmake.translation.tlb;

import org.jspecify.annotations.NullMarked;
