package dev.breakmake.engine.device;

/** Interrupt inputs that only remember their levels. */
final class Pins implements PeInputs {

    boolean irq;
    boolean fiq;
    boolean virtualIrq;
    boolean virtualFiq;
    int events;

    @Override
    public void setIrq(boolean asserted) {
        irq = asserted;
    }

    @Override
    public void setFiq(boolean asserted) {
        fiq = asserted;
    }

    @Override
    public void setVirtualIrq(boolean asserted) {
        virtualIrq = asserted;
    }

    @Override
    public void setVirtualFiq(boolean asserted) {
        virtualFiq = asserted;
    }

    @Override
    public void signalEvent() {
        events++;
    }
}
