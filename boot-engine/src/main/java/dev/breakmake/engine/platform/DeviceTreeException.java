package dev.breakmake.engine.platform;

/** A device tree blob that cannot be read; the message says what is wrong and at which offset in bytes. */
public final class DeviceTreeException extends Exception {

    private static final long serialVersionUID = 1L;

    private final int offset;

    DeviceTreeException(int offset, String problem) {
        super("device tree, offset 0x%x: %s".formatted(offset, problem));
        this.offset = offset;
    }

    /** Where in the blob, in bytes. */
    public int offset() {
        return offset;
    }
}
