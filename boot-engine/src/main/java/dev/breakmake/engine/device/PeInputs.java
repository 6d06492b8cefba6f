package dev.breakmake.engine.device;

/** The interrupt inputs of one PE, driven by the interrupt controller. Levels, not edges. */
public interface PeInputs {

    /** Physical IRQ. */
    void setIrq(boolean asserted);

    /** Physical FIQ. */
    void setFiq(boolean asserted);

    /** Virtual IRQ (from the list registers). */
    void setVirtualIrq(boolean asserted);

    /** Virtual FIQ. */
    void setVirtualFiq(boolean asserted);

    /** An event for WFE (SEV of another PE, or an interrupt made pending). */
    void signalEvent();
}
