/** Devices of the machine: serial port, interrupt controllers, timers, firmware calls. Deterministic: time is what they are told. */
@NullMarked
package dev.breakmake.engine.device;

import org.jspecify.annotations.NullMarked;
