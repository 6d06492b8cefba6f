/** What data caches may hold of the memory that tables, mailboxes and code lie in. */
@NullMarked
package dev.breakmake.translation.cache;

import org.jspecify.annotations.NullMarked;
