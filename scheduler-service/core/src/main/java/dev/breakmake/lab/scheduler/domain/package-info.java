/** What the scheduler does, in the lab's words; knows neither HTTP nor gRPC. */
@NullMarked
package dev.breakmake.lab.scheduler.domain;

import org.jspecify.annotations.NullMarked;
