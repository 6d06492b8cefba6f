package dev.breakmake.engine.device;

/** A device behind a window of physical addresses. */
public interface MmioDevice {

    /** Size of the window in bytes. */
    long size();

    /**
     * Reads from the device.
     *
     * @param offset bytes from the start of the window
     * @param size access size in bytes: 1, 2, 4 or 8
     * @param pe the PE that reads; banked registers depend on it
     * @return the value, zero extended
     */
    long read(long offset, int size, int pe);

    /** Writes to the device; parameters as for {@link #read}. */
    void write(long offset, int size, long value, int pe);
}
