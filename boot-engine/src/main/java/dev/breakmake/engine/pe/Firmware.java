package dev.breakmake.engine.pe;

/** What answers secure monitor calls, and hypervisor calls of a PE that was entered at EL1. */
@FunctionalInterface
public interface Firmware {

    /** Handles a call of a PE; arguments and results are in its registers, its PC already names the next instruction. */
    void call(ProcessingElement pe);
}
