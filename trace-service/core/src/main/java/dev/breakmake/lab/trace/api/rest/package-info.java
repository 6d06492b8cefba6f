/** The same questions over REST: JSON in lowerCamelCase, addresses as hex strings, problems after RFC 9457. */
@NullMarked
package dev.breakmake.lab.trace.api.rest;

import org.jspecify.annotations.NullMarked;
