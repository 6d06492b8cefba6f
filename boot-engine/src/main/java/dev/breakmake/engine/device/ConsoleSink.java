package dev.breakmake.engine.device;

/** Where the characters go that the guest writes to its serial port. */
@FunctionalInterface
public interface ConsoleSink {

    /**
     * One character left the port.
     *
     * @param character the character, 0 to 255
     * @param pe the PE that wrote it
     */
    void transmit(int character, int pe);
}
