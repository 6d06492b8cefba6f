package dev.breakmake.engine.device;

/** Where devices and timers raise their interrupt lines; a GIC. Interrupt ids are GIC INTIDs. */
public interface InterruptController {

    /** Sets the level of a shared peripheral interrupt (INTID 32 and above). */
    void setSharedLine(int intid, boolean asserted);

    /** Sets the level of a private peripheral interrupt of one PE (INTID 16 to 31). */
    void setPrivateLine(int pe, int intid, boolean asserted);
}
