package dev.breakmake.qemu.gdb;

import java.util.List;

/** The core registers of one thread at one stop, in the order of the target description. */
public final class CoreRegisters {

    private final List<TargetRegister> layout;
    private final long[] values;

    private CoreRegisters(List<TargetRegister> layout, long[] values) {
        this.layout = layout;
        this.values = values;
    }

    /** Reads the data of a {@code g} reply. */
    static CoreRegisters parse(TargetDescription description, String reply) throws GdbProtocolException {
        List<TargetRegister> layout = description.core();
        long[] values = new long[layout.size()];
        int at = 0;
        for (int i = 0; i < values.length; i++) {
            int bytes = layout.get(i).bytes();
            if (bytes > 8) {
                throw new GdbProtocolException("core register %s has %d bits; at most 64 are expected"
                        .formatted(layout.get(i).name(), layout.get(i).bits()));
            }
            values[i] = Hex.littleEndian(reply, at, bytes);
            at += 2 * bytes;
        }
        return new CoreRegisters(layout, values);
    }

    /** The value at that position of the description: for Arm the general register of that number. */
    public long general(int index) {
        return values[index];
    }

    /** The value of the register of that name. */
    public long byName(String name) {
        for (int i = 0; i < values.length; i++) {
            if (layout.get(i).name().equals(name)) {
                return values[i];
            }
        }
        throw new IllegalArgumentException("no core register '%s'".formatted(name));
    }
}
