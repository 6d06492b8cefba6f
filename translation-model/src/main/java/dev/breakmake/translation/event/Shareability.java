package dev.breakmake.translation.event;

/** Shareability domain of an operation. */
public enum Shareability {
    /** This PE only. */
    NSH,
    /** All PEs of the Inner Shareable domain: every PE of our machines. */
    ISH,
    /** Outer Shareable domain. */
    OSH,
    /** Full system. */
    SY
}
