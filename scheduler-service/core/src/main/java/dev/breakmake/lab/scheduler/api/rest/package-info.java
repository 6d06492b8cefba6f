/** REST as a transcoding of the same contracts: routes, JSON, problems after RFC 9457, server-sent events. */
@NullMarked
package dev.breakmake.lab.scheduler.api.rest;

import org.jspecify.annotations.NullMarked;
